"""E-mail: plain text to one person over SMTP, with a checked certificate and nothing that tracks.

`SMTP_URL` is `smtp://[user:password@]host[:port][?starttls=1]` or `smtps://…`. Without it no mail is
sent, and no page offers it. A fault says what happened in words of ours and the server's number alone:
servers repeat addresses in their answers, and a fault is kept beside the job in the clear.
"""

from __future__ import annotations

import smtplib
import ssl
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from email_validator import EmailNotValidError, validate_email

from portal.base.jobs import GiveUp

TIMEOUT_SECONDS = 15
DEFAULT_PORTS = {"smtp": 25, "smtps": 465}
STARTTLS_PORT = 587
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# Control signs and line ends of every kind; a surrogate cannot be written at all.
UNFIT_FOR_A_HEADER = {"Cc", "Cs", "Zl", "Zp"}


class MailSettingsRefused(Exception):
    """SMTP_URL or MAIL_FROM cannot be used; the text says which and what would do."""


class LetterRefused(GiveUp):
    """A letter cannot be sent as it is written."""


class MailFailed(Exception):
    """The mail server could not be used this time."""


class MailRefused(GiveUp):
    """The mail server will never take this letter (an answer of 5xx)."""


@dataclass(frozen=True)
class MailSettings:
    """A mail server and the sender's own address, read from the settings."""

    host: str
    port: int
    is_tls: bool
    is_starttls: bool
    sender: str
    sender_name: str
    public_url: str
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Letter:
    """A letter to one person.

    `key` is the same each time the same letter is sent: it becomes the Message-ID, by which mail
    systems drop a second copy. `language` is a BCP 47 tag.
    """

    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    key: str
    written_at: datetime
    language: str = "zh-Hans-CN"


_settings: MailSettings | None = None


def use_mail(config: Mapping[str, Any]) -> None:
    """Set the mail server from the application's configuration; none where it names none."""
    global _settings
    _settings = settings_from(config)


def is_on(config: Mapping[str, Any] | None = None) -> bool:
    """Say whether mail can be sent, by the settings in use or by a configuration."""
    return bool(config.get("SMTP_URL")) if config is not None else _settings is not None


def settings_in_use() -> MailSettings:
    """Return the settings in use; MailFailed where there are none (any more)."""
    if _settings is None:
        raise MailFailed("SMTP_URL is not set")
    return _settings


def settings_from(config: Mapping[str, Any]) -> MailSettings | None:
    """Return SMTP_URL and MAIL_FROM as settings, None without SMTP_URL; else MailSettingsRefused.

    No text of an error holds the address itself: it may carry a password.
    """
    if not config.get("SMTP_URL"):
        return None
    url = _split(config["SMTP_URL"])
    if url.scheme not in DEFAULT_PORTS or not url.hostname or url.path.strip("/") or url.fragment:
        raise MailSettingsRefused("SMTP_URL must be smtp://[user:password@]host[:port] or smtps://…")
    user, password = _sign_in(url)
    is_starttls = _wants_starttls(url)
    is_tls = url.scheme == "smtps"
    if is_tls and is_starttls:
        raise MailSettingsRefused("SMTP_URL has both smtps:// and starttls=1; one of them is enough")
    if password and not (is_tls or is_starttls or url.hostname in LOOPBACK):
        raise MailSettingsRefused(
            "SMTP_URL would send its password in the clear; use smtps:// or ?starttls=1"
        )
    name, sender = _sender(config.get("MAIL_FROM", ""))
    return MailSettings(
        host=url.hostname,
        port=_port(url) or (STARTTLS_PORT if is_starttls else DEFAULT_PORTS[url.scheme]),
        is_tls=is_tls,
        is_starttls=is_starttls,
        sender=sender,
        sender_name=name,
        public_url=config["PUBLIC_URL"],
        user=user,
        password=password,
    )


def _split(text: str) -> SplitResult:
    try:
        return urlsplit(text)
    except ValueError:
        raise MailSettingsRefused("SMTP_URL is no address") from None


def _sign_in(url: SplitResult) -> tuple[str, str]:
    user, password = unquote(url.username or ""), unquote(url.password or "")
    # smtplib signs in with ASCII alone.
    if bool(user) != bool(password) or not (user + password).isascii():
        raise MailSettingsRefused("SMTP_URL needs a user and a password together, both in ASCII, or neither")
    return user, password


def _port(url: SplitResult) -> int | None:
    try:
        return url.port
    except ValueError:
        raise MailSettingsRefused("SMTP_URL has a port that is no number below 65536") from None


def _wants_starttls(url: SplitResult) -> bool:
    options = dict(parse_qsl(url.query, keep_blank_values=True))
    wanted = options.pop("starttls", "0")
    if options or wanted not in {"0", "1"}:
        raise MailSettingsRefused("SMTP_URL knows one option only: starttls=1")
    return wanted == "1"


def _sender(text: str) -> tuple[str, str]:
    found = getaddresses([text])
    name, address = found[0] if len(found) == 1 else ("", "")
    if _is_unfit(text) or not (clean := _validated(address, is_public=False)):
        raise MailSettingsRefused("MAIL_FROM must be an e-mail address, or “name <address>”, beside SMTP_URL")
    return name, clean


def clean_address(text: str) -> str | None:
    """Return an e-mail address as it is written to, or None where it is none; nobody is asked."""
    return _validated(text.strip(), is_public=True)


def _validated(text: str, *, is_public: bool) -> str | None:
    try:
        found = validate_email(
            text,
            check_deliverability=False,
            allow_smtputf8=False,
            globally_deliverable=is_public,
            strict=True,
        )
    except EmailNotValidError:
        return None
    return found.ascii_email


def send(letter: Letter, settings: MailSettings) -> None:
    """Send a letter: LetterRefused or MailRefused for good, MailFailed where another time may do."""
    message = message_of(letter, settings)
    try:
        server = _open(settings)
        try:
            server.sendmail(settings.sender, [str(message["To"])], message.as_bytes())
        finally:
            # The letter is taken, or not, by now: a server that fails to say goodbye changes nothing.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()
    except smtplib.SMTPRecipientsRefused as error:
        raise _fault("the address", next(iter(error.recipients.values()))[0]) from None
    except smtplib.SMTPDataError as error:
        raise _fault("the letter", error.smtp_code) from None
    except smtplib.SMTPResponseException as error:
        raise MailFailed(f"the mail server answered {error.smtp_code} ({type(error).__name__})") from None
    except smtplib.SMTPException as error:
        raise MailFailed(f"the mail server cannot be used ({type(error).__name__})") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise MailFailed(f"the mail server cannot be reached ({type(error).__name__}: {reason})") from None


def deliver(letter: Letter | None) -> None:
    """Send a letter by the settings in use; nothing where there is no letter."""
    if letter is not None:
        send(letter, settings_in_use())


def message_of(letter: Letter, settings: MailSettings) -> EmailMessage:
    """Return a letter as it goes over the wire; LetterRefused where a header could be forged."""
    to = clean_address(letter.to)
    if to is None:
        raise LetterRefused("the address is no e-mail address")
    if _is_unfit(letter.subject) or _is_unfit(letter.key):
        raise LetterRefused("the subject or the key has a line end or a control sign in it")
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = Address(settings.sender_name, addr_spec=settings.sender)
    message["To"] = to
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = f"<{letter.key}@{urlsplit(settings.public_url).hostname}>"
    # So that no machine answers: RFC 3834, and what Exchange reads instead.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(letter.text.encode("utf-8", "replace").decode(), charset="utf-8", cte="base64")
    message["Content-Language"] = letter.language
    return message


def _open(settings: MailSettings) -> smtplib.SMTP:
    """Return a connection that may be written to: encrypted where wanted, and signed in."""
    where = (settings.host, settings.port)
    # Not the machine's own name: it need not be known outside, and looking it up may hang.
    greeting = urlsplit(settings.public_url).hostname
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if settings.is_tls:
        server = smtplib.SMTP_SSL(*where, greeting, timeout=TIMEOUT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(*where, greeting, timeout=TIMEOUT_SECONDS)
    try:
        if settings.is_starttls:
            server.starttls(context=context)
        if settings.user:
            server.login(settings.user, settings.password)
    except BaseException:
        server.close()
        raise
    return server


def _fault(what: str, code: int) -> Exception:
    words = f"the mail server refused {what} with {code}"
    return MailRefused(words) if 500 <= code < 600 else MailFailed(words)


def _is_unfit(text: str) -> bool:
    return any(unicodedata.category(sign) in UNFIT_FOR_A_HEADER for sign in text)
