"""Actions: people, offices and memberships begin and end."""

from __future__ import annotations

from datetime import datetime

from portal.accounts import passwords, queries, second_factor, sign_ins
from portal.accounts.models import (
    INSTALLATION_ID,
    SUBJECT_OF_ROLE,
    EndOfSignIn,
    Membership,
    Office,
    Role,
    SubjectKind,
    User,
)
from portal.base.db import db
from portal.rules.errors import RuleError
from portal.rules.messages import say


class LoginTaken(RuleError):
    """Somebody else signs in under this name."""


class RoleUnfit(RuleError):
    """This role is not one of that kind of subject."""


def add_office(name: str, region_code: str, parent: Office | None, now: datetime) -> Office:
    """Add the office that answers for a region, or return the one there is under its new name."""
    office = queries.office_by_region(region_code)
    if office is None:
        office = Office(region_code=region_code, created_at=now)
        db.session.add(office)
    office.name = name
    office.parent_id = parent.id if parent else None
    db.session.flush()
    return office


def add_user(
    login: str, password: str | None, now: datetime, *, name: str = "", email: str | None = None
) -> User:
    """Add a person. Without a password they can sign in only after a link has given them one.

    Raises LoginTaken, and PasswordTooWeak for a password that will not do.
    """
    folded = queries.fold_login(login)
    if not folded or queries.user_by_login(folded) is not None:
        raise LoginTaken(say("This sign-in name is taken. Choose another one."))
    if password is not None:
        passwords.require_strong(password, about=(folded, name))
    user = User(
        login=folded,
        name=name or login,
        email=email,
        password=passwords.hashed(password) if password is not None else None,
        active=True,
        fs_uniquifier=sign_ins.new_uniquifier(),
        recovery_hashes=[],
        created_at=now,
    )
    db.session.add(user)
    db.session.flush()
    return user


def add_member(
    user: User,
    role: Role,
    subject_kind: SubjectKind | None = None,
    subject_id: int = INSTALLATION_ID,
    now: datetime | None = None,
) -> Membership:
    """Give a person a role for a subject, or return the membership they have.

    Raises RoleUnfit when the role is none of that kind of subject.
    """
    if subject_kind is not None and subject_kind is not SUBJECT_OF_ROLE[role]:
        raise RoleUnfit(say("This role does not belong to that kind of subject."))
    if now is None:
        raise TypeError("add_member needs now")
    for held in queries.memberships_of(user.id):
        if (held.role, held.subject_id) == (role, subject_id):
            return held
    membership = Membership(
        user_id=user.id,
        role=role,
        subject_kind=SUBJECT_OF_ROLE[role],
        subject_id=subject_id,
        started_at=now,
    )
    db.session.add(membership)
    db.session.flush()
    return membership


def end_membership(membership: Membership, now: datetime, *, because: str = "") -> None:
    """End a membership; the very next request knows. With the last one every sign-in ends."""
    # Two roles that end at once must not each take the other for the one that is left.
    db.session.refresh(membership.user, with_for_update=True)
    db.session.refresh(membership)
    if membership.ended_at is not None:
        return
    membership.ended_at = now
    membership.ended_because = because or None
    db.session.flush()
    if not queries.memberships_of(membership.user_id):
        sign_ins.end_all(membership.user, EndOfSignIn.RIGHTS_ENDED, now)


def suspend(user: User, now: datetime) -> None:
    """Close a person's sign-in until it is opened again; what they were doing ends at once."""
    user.active = False
    sign_ins.end_all(user, EndOfSignIn.RIGHTS_ENDED, now)


def reinstate(user: User) -> None:
    """Open a suspended person's sign-in again."""
    user.active = True
    db.session.flush()


def change_password(user: User, password: str, now: datetime) -> None:
    """Set a new password; end every sign-in and every reset link of this person. Raises PasswordTooWeak."""
    passwords.require_strong(password, about=(user.login, user.name))
    user.password = passwords.hashed(password)
    sign_ins.end_all(user, EndOfSignIn.PASSWORD_CHANGED, now)
    for link in queries.unused_resets(user.id):
        link.used_at = now
    db.session.flush()


def sign_out_everywhere(user: User, now: datetime) -> None:
    """End every sign-in of this person because the person wants it."""
    sign_ins.end_all(user, EndOfSignIn.ENDED_BY_OWNER, now)


def is_password_of(user: User | None, password: str) -> bool:
    """Say whether a password is this person's; takes as long where there is no such person."""
    return passwords.is_right(password, user.password if user is not None and user.active else None)


def enrol_second_factor(user: User, sealed_secret: str, now: datetime, *, counter: int | None = None) -> None:
    """Keep the secret in a person's authenticator app; `counter` is the step of the code that proved it."""
    user.totp_secret = sealed_secret
    user.totp_counter = counter
    user.second_factor_at = now
    db.session.flush()


def replace_second_factor(user: User, sealed_secret: str, counter: int, now: datetime) -> tuple[str, ...]:
    """Put a second factor in place of what was before, end every sign-in and return fresh recovery codes."""
    enrol_second_factor(user, sealed_secret, now, counter=counter)
    codes = renew_recovery_codes(user)
    sign_ins.end_all(user, EndOfSignIn.SECOND_FACTOR_CHANGED, now)
    return codes


def reset_second_factor(user: User, now: datetime) -> None:
    """Forget the second factor of somebody whose phone is lost, and end what that phone may hold."""
    drop_second_factor(user)
    sign_ins.end_all(user, EndOfSignIn.SECOND_FACTOR_CHANGED, now)


def drop_second_factor(user: User) -> None:
    """Forget a person's second factor and recovery codes."""
    user.totp_secret = None
    user.totp_counter = None
    user.second_factor_at = None
    user.recovery_hashes = []
    db.session.flush()


def use_code(user: User, code: str, now: datetime) -> bool:
    """Say whether a code from the app or a recovery code is right; each opens the door once."""
    # On PostgreSQL too, two requests with one code must not both pass.
    db.session.refresh(user, with_for_update=True)
    if user.totp_secret is None:
        return False
    counter = second_factor.counter_of(code, user.totp_secret, now, last=user.totp_counter)
    if counter is not None:
        user.totp_counter = counter
        return True
    used = second_factor.matching_recovery_hash(code, user.recovery_hashes)
    if used is None:
        return False
    user.recovery_hashes = [stored for stored in user.recovery_hashes if stored != used]
    return True


def renew_recovery_codes(user: User) -> tuple[str, ...]:
    """Return fresh recovery codes; those before no longer work."""
    codes = second_factor.new_recovery_codes()
    user.recovery_hashes = [second_factor.recovery_hash(code) for code in codes]
    db.session.flush()
    return codes


def renew_sign_in(user: User, now: datetime) -> str:
    """Return a freshly generated password for a demo sign-in; staff get a second factor held by the demo."""
    password = passwords.generated()
    set_demo_sign_in(user, password, now)
    return password


def set_demo_sign_in(user: User, password: str, now: datetime) -> None:
    """Set a demo person's password, and a second factor where there is none and staff need one."""
    change_password(user, password, now)
    is_staff = any(
        m.subject_kind in {SubjectKind.OFFICE, SubjectKind.INSTALLATION}
        for m in queries.memberships_of(user.id)
    )
    if is_staff and user.totp_secret is None:
        enrol_second_factor(user, second_factor.new_secret(), now)


def current_totp_code(user: User, now: datetime) -> str:
    """Return the code that signs a demo person in now, or an empty text where none is needed."""
    if user.totp_secret is None:
        return ""
    return second_factor.current_code(user.totp_secret, now, last=user.totp_counter)
