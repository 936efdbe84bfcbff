"""Signing in and out, the second factor, one-time links, and one's own account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from portal.accounts import actions, forms, links, queries, second_factor, security
from portal.accounts.access import (
    View,
    current_member,
    local_path,
    public,
    recently_confirmed,
    require_member,
    signed_in,
)
from portal.accounts.security import account_key, address_key, is_refused, limiter, person_key
from portal.base import clock, crypto
from portal.base.db import unit_of_work
from portal.base.labels import render
from portal.base.once import do_once
from portal.base.web import mark_private, seen_elsewhere
from portal.rules.errors import RuleError

bp = Blueprint("accounts", __name__, url_prefix="/account")


def _limit(amount: str, key: Callable[[], str]) -> Callable[[View], View]:
    """Count only refused answers, under a keyed hash; a page that is shown costs nothing."""
    return limiter.limit(amount, key_func=key, methods=["POST"], deduct_when=is_refused)


def _next() -> str | None:
    return local_path(request.args.get("next"))


def _landing() -> str:
    member = current_member()
    return security.places_of(member)[0][1] if member else url_for("accounts.sign_in")


@bp.route("/login", methods=["GET", "POST"])
@_limit("60 per 15 minutes", address_key)
@_limit("10 per 15 minutes", account_key)
@public
def sign_in() -> Any:
    """Ask for name and password; the answer to a wrong one never says which was wrong."""
    mark_private()
    if request.method == "GET" and current_member():
        return redirect(_next() or _landing(), code=303)
    form = forms.SignInForm()
    if not form.validate_on_submit():
        return _form_page("accounts/sign_in.html", form)
    user = queries.user_by_login(form.login.data)
    is_right = actions.is_password_of(user, form.password.data)
    if user is not None and is_right and user.second_factor_at is not None:
        security.wait_for_code(user, _next())
        return seen_elsewhere(url_for("accounts.give_code"))
    if user is None or not is_right or not security.begin_session(user.fs_uniquifier):
        form.form_errors.append(_("The sign-in name or the password is not right."))
        return _form_page("accounts/sign_in.html", form)
    return seen_elsewhere(_next() or _landing())


@bp.route("/second-factor", methods=["GET", "POST"])
@_limit("60 per 15 minutes", address_key)
@_limit("10 per 15 minutes", person_key)
@public
def give_code() -> Any:
    """Ask for the second factor after the right password."""
    mark_private()
    if security.waiting_user() is None:
        return redirect(url_for("accounts.sign_in"), code=303)
    form = forms.CodeForm()
    if not form.validate_on_submit():
        return _form_page("accounts/give_code.html", form)
    with unit_of_work():
        user = security.waiting_user()
        is_right = user is not None and actions.use_code(user, form.code.data, clock.now())
    if user is None or not is_right:
        form.code.errors = [_("This code is not right, or was used already. Wait for the next one.")]
        return _form_page("accounts/give_code.html", form)
    proven, then = session["waiting"]["user"], local_path(session["waiting"]["then"])
    is_in = security.begin_session(proven)
    return seen_elsewhere((then if is_in else None) or _landing())


@bp.post("/logout")
@public
def sign_out() -> Any:
    """End this sign-in; a copy of its cookie opens nothing from here on."""
    mark_private()
    security.end_session()
    flash(_("You are signed out."), "good")
    return seen_elsewhere(url_for("accounts.sign_in"))


@bp.get("/")
@signed_in
def overview() -> Any:
    """Show people who they are here, what they may do, and how they sign in."""
    member = require_member()
    return render_template(
        "accounts/overview.html",
        user=queries.user_by_id(member.user_id),
        memberships=member.memberships,
        offices=queries.offices_of(member.memberships),
    )


@bp.route("/confirm", methods=["GET", "POST"])
@_limit("10 per 15 minutes", person_key)
@signed_in
def confirm() -> Any:
    """Ask for the password again before something weighty."""
    user = queries.user_by_id(require_member().user_id)
    form = forms.ConfirmForm()
    if not form.validate_on_submit():
        return _form_page("accounts/confirm.html", form, login=user.login)
    if not actions.is_password_of(user, form.password.data):
        form.password.errors = [_("This is not your password.")]
        return _form_page("accounts/confirm.html", form, login=user.login)
    session["confirmed_s"] = security.now_s()
    return seen_elsewhere(_next() or _landing())


@bp.route("/password", methods=["GET", "POST"])
@_limit("10 per 15 minutes", person_key)
@signed_in
def change_password() -> Any:
    """Set a new password; every other session of this person ends."""
    user = queries.user_by_id(require_member().user_id)
    form = forms.ChangePasswordForm(about=(user.login, user.name))
    if not form.validate_on_submit():
        return _form_page("accounts/change_password.html", form, login=user.login)
    if not actions.is_password_of(user, form.current.data):
        form.current.errors = [_("This is not your password.")]
        return _form_page("accounts/change_password.html", form, login=user.login)
    with unit_of_work():
        user = security.user_again()
        actions.change_password(user, form.password.data, clock.now())
        proven = user.fs_uniquifier
    security.begin_session(proven)
    flash(_("Your password is changed. Every other device is signed out."), "good")
    return seen_elsewhere(url_for("accounts.overview"))


@bp.post("/sign-out-everywhere")
@signed_in
def sign_out_everywhere() -> Any:
    """End every sign-in of this person, this one too."""
    user_id = require_member().user_id
    with unit_of_work():
        actions.sign_out_everywhere(queries.user_by_id(user_id), clock.now())
    security.forget_session()
    flash(_("You are signed out on every device."), "good")
    return seen_elsewhere(url_for("accounts.sign_in"))


@bp.route("/second-factor/set-up", methods=["GET", "POST"])
@_limit("20 per 15 minutes", person_key)
@signed_in
@recently_confirmed
def set_up_second_factor() -> Any:
    """Show a new secret and take the first code made from it."""
    user = queries.user_by_id(require_member().user_id)
    sealed = session.setdefault("enrolling", second_factor.new_secret())
    form = forms.CodeForm()
    counter = None
    if form.validate_on_submit():
        counter = second_factor.counter_of(form.code.data, sealed, clock.now(), last=None)
        if counter is None:
            form.code.errors = [_("This code is not right. Check that your phone's clock is set by itself.")]
    if counter is None:
        return _form_page(
            "accounts/set_up_second_factor.html",
            form,
            picture=Markup(second_factor.picture(sealed, user.login)),  # noqa: S704 - segno's own SVG
            secret=second_factor.secret_to_type(sealed),
        )
    with unit_of_work():
        user = security.user_again()
        codes = actions.replace_second_factor(user, sealed, counter, clock.now())
        proven = user.fs_uniquifier
    security.begin_session(proven)
    flash(_("The second factor is set up."), "good")
    return _to_new_codes(codes)


@bp.post("/second-factor/remove")
@signed_in
@recently_confirmed
def remove_second_factor() -> Any:
    """Forget the second factor of somebody who may do without."""
    member = require_member()
    if member.is_staff:
        flash(_("Who works for the authority cannot do without the second factor."), "attention")
        return seen_elsewhere(url_for("accounts.overview"))
    with unit_of_work():
        actions.drop_second_factor(security.user_again())
    flash(_("The second factor is removed."), "good")
    return seen_elsewhere(url_for("accounts.overview"))


@bp.post("/recovery-codes")
@signed_in
@recently_confirmed
def renew_recovery_codes() -> Any:
    """Make new recovery codes; those before no longer work."""
    with unit_of_work():
        codes = actions.renew_recovery_codes(security.user_again())
    return _to_new_codes(codes)


def _to_new_codes(codes: tuple[str, ...]) -> Any:
    session["new_codes"] = crypto.encrypt(" ".join(codes).encode()).decode()
    return seen_elsewhere(url_for("accounts.recovery_codes"))


@bp.get("/recovery-codes")
@signed_in
def recovery_codes() -> Any:
    """Show recovery codes just made, once."""
    sealed = session.pop("new_codes", None)
    if sealed is None:
        return redirect(url_for("accounts.overview"), code=303)
    codes = crypto.decrypt(sealed.encode()).decode().split()
    return render_template("accounts/recovery_codes.html", codes=codes, then=_landing())


@bp.route("/invitation/<token>", methods=["GET", "POST"])
@_limit("20 per 15 minutes", address_key)
@public
def accept_invitation(token: str) -> Any:
    """Take up the role that a one-time link invites to."""
    mark_private()
    invitation = queries.usable_invitation(token, clock.now())
    if invitation is None and request.method == "GET":
        return _link_gone()
    email = (invitation.email or "") if invitation else ""
    is_known = queries.user_by_login(email) is not None if email else "name" not in request.form
    form = forms.JoinForm() if is_known else forms.InvitationForm(about=(email,))
    if not form.validate_on_submit():
        return _form_page("accounts/accept_invitation.html", form, invitation=invitation, is_known=is_known)

    def act() -> str:
        name = "" if is_known else form.name.data.strip()
        links.accept_invitation(token, name, form.password.data, clock.now())
        return url_for("accounts.sign_in")

    return _take_link(form, "accounts/accept_invitation.html", act, invitation=invitation, is_known=is_known)


@bp.route("/reset/<token>", methods=["GET", "POST"])
@_limit("20 per 15 minutes", address_key)
@public
def reset_password(token: str) -> Any:
    """Set a new password by a one-time link."""
    mark_private()
    if request.method == "GET" and not queries.is_reset_usable(token, clock.now()):
        return _link_gone()
    form = forms.NewPasswordForm()
    if not form.validate_on_submit():
        return _form_page("accounts/reset_password.html", form)

    def act() -> str:
        links.use_reset(token, form.password.data, clock.now())
        return url_for("accounts.sign_in")

    return _take_link(form, "accounts/reset_password.html", act)


def _take_link(form: Any, template: str, act: Any, **values: Any) -> Any:
    """Use a one-time link once, however often the form is sent."""
    # The password is no part of what binds the submission: not even its hash is kept there.
    body = {"path": request.path}
    try:
        location = do_once(form.submission_id.data, body, act, now=clock.now())
    except links.LinkNotUsable:
        return _link_gone()
    except RuleError as error:
        form.password.errors = [render(error.message)]
        return _form_page(template, form, **values)
    flash(_("Your password is set. You can sign in now."), "good")
    return seen_elsewhere(location)


def _link_gone() -> Any:
    return render_template("accounts/link_gone.html"), 410


def _form_page(template: str, form: Any, **values: Any) -> Any:
    """Return a form's page: 200 when it is asked for, 422 when what was sent needs mending."""
    code = 200 if request.method == "GET" else 422
    return render_template(template, form=form, **values), code
