"""The forms of signing in and of one's own account."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, ValidationError

from portal.accounts import passwords
from portal.base.labels import render

NEEDED = InputRequired(_l("Please fill this in."))
LOGIN_LENGTH = Length(max=255, message=_l("This is too long."))
PASSWORD_LENGTH = Length(max=passwords.MOST_CHARACTERS, message=_l("This is too long."))
# Fields stand on the page, and in the list of what needs mending, in the order they are made here.
YOUR_NAME = StringField(
    _l("Your name"),
    validators=[NEEDED, Length(max=80, message=_l("This is too long."))],
    description=_l("As your colleagues and the parties to a case will read it."),
)
PRESENT_PASSWORD = PasswordField(_l("Present password"), validators=[NEEDED, PASSWORD_LENGTH])


class AccountForm(FlaskForm):  # type: ignore[misc]
    """What every form here carries."""

    submission_id = HiddenField(validators=[Length(max=80)])

    def own_words(self) -> tuple[str, ...]:
        """Return words that would be too easy a password for this person."""
        return ()


class SignInForm(AccountForm):
    login = StringField(
        _l("Sign-in name"), validators=[NEEDED, LOGIN_LENGTH], description=_l("Usually your e-mail address.")
    )
    password = PasswordField(_l("Password"), validators=[NEEDED, PASSWORD_LENGTH])


class CodeForm(AccountForm):
    code = StringField(
        _l("Six-digit code"), validators=[NEEDED, Length(max=40, message=_l("This is too long."))]
    )


class ConfirmForm(AccountForm):
    password = PasswordField(_l("Password"), validators=[NEEDED, PASSWORD_LENGTH])


class NewPasswordForm(AccountForm):
    password = PasswordField(
        _l("New password"),
        validators=[NEEDED],
        description=_l("At least 10 characters. Several unrelated words in a row do well."),
    )
    again = PasswordField(
        _l("New password, once more"),
        validators=[NEEDED, EqualTo("password", message=_l("The two passwords differ."))],
    )

    def __init__(self, *args: Any, about: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._about = about

    def own_words(self) -> tuple[str, ...]:
        return self._about

    def validate_password(self, field: PasswordField) -> None:
        """Refuse a password that is short or easily guessed."""
        fault = passwords.fault_of(field.data or "", about=self.own_words())
        if fault is not None:
            raise ValidationError(render(fault))


class ChangePasswordForm(NewPasswordForm):
    current = PRESENT_PASSWORD


class InvitationForm(NewPasswordForm):
    name = YOUR_NAME

    def own_words(self) -> tuple[str, ...]:
        return (*self._about, self.name.data or "")

    def validate_name(self, field: StringField) -> None:
        """Refuse a name of nothing but spaces, and signs that cannot be shown."""
        text = (field.data or "").strip()
        if not text or not text.isprintable():
            raise ValidationError(_("Please fill this in."))


class JoinForm(AccountForm):
    """An invitation to somebody who signs in here already."""

    password = PasswordField(
        _l("Password"),
        validators=[NEEDED, PASSWORD_LENGTH],
        description=_l("The password of the sign-in you have here already."),
    )
