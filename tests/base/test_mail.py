"""E-mail over a real server: what arrives, what is refused, and that nothing waiting is lost."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.base import config, jobs, mail
from portal.base.db import db, unit_of_work
from portal.base.mail import Letter, LetterRefused, MailFailed, MailRefused, MailSettings
from tests import smtp_server
from tests.smtp_server import PASSWORD, USER, Mailbox

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
LETTER = Letter(
    to="li@filer.example", subject="足秤：有新进展", text="您好！\n.\n一行\n", key="k1", written_at=NOW
)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with smtp_server.running() as box:
        yield box


def settings(url: str, sender: str = "足秤 <no-reply@portal.example>") -> MailSettings:
    found = mail.settings_from({"SMTP_URL": url, "MAIL_FROM": sender, "PUBLIC_URL": "https://portal.example"})
    assert found is not None
    return found


def to(box: Mailbox, scheme: str = "smtp", sign_in: str = "", options: str = "") -> MailSettings:
    return settings(f"{scheme}://{sign_in}127.0.0.1:{box.port}{options}")


def test_a_letter_arrives_as_plain_text_in_utf8(mailbox: Mailbox) -> None:
    mail.send(LETTER, to(mailbox))
    (letter,) = mailbox.letters
    assert mailbox.recipients == [["li@filer.example"]]
    assert letter["Subject"] == "足秤：有新进展"
    assert str(letter["From"]) == "足秤 <no-reply@portal.example>"
    assert letter["To"] == "li@filer.example"
    assert letter.get_content_type() == "text/plain"
    assert letter.get_content().replace("\r\n", "\n") == LETTER.text
    assert all(byte < 128 for byte in mailbox.raw[0])


def test_a_letter_says_that_a_machine_wrote_it_and_names_no_machine(mailbox: Mailbox) -> None:
    mail.send(LETTER, to(mailbox))
    (letter,) = mailbox.letters
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"] == "<k1@portal.example>"
    assert letter["Date"] == "Mon, 01 Jun 2026 02:00:00 +0000"
    assert letter["Content-Language"] == "zh-Hans-CN"
    assert mailbox.greetings == ["portal.example"]
    assert not socket.gethostname() or socket.gethostname().encode() not in mailbox.raw[0]


def test_the_same_letter_has_the_same_message_id_each_time(mailbox: Mailbox) -> None:
    mail.send(LETTER, to(mailbox))
    mail.send(LETTER, to(mailbox))
    assert len({letter["Message-ID"] for letter in mailbox.letters}) == 1


@pytest.mark.parametrize(
    "forged",
    [
        {"to": "li@filer.example\r\nBcc: all@filer.example"},
        {"to": "li@filer.example\nBcc: all@filer.example"},
        {"to": "li@filer.example, all@filer.example"},
        {"to": "li@filer.example>\r\nRCPT TO:<all@filer.example"},
        {"to": "李@filer.example"},
        {"to": "nobody"},
        {"to": ""},
        {"subject": "Hello\r\nBcc: all@filer.example"},
        {"subject": "Hello\nX-Forged: yes"},
        {"subject": "Hello\rX-Forged: yes"},
        {"subject": "Hello\u2028X-Forged: yes"},
        {"subject": "Hello\x85X-Forged: yes"},
        {"subject": "Hello\x00"},
        {"subject": "Hello\ud800"},
        {"key": "k1>\r\nX-Forged: yes"},
    ],
)
def test_no_header_can_be_forged(mailbox: Mailbox, forged: dict[str, str]) -> None:
    with pytest.raises(LetterRefused):
        mail.send(replace(LETTER, **forged), to(mailbox))
    assert mailbox.raw == []


def test_a_text_cannot_end_the_letter_or_begin_another(mailbox: Mailbox) -> None:
    text = "a\r\n.\r\nMAIL FROM:<x@filer.example>\r\nRCPT TO:<y@filer.example>\r\nDATA\r\n\ud800\r\n.\r\n"
    mail.send(replace(LETTER, text=text), to(mailbox))
    (letter,) = mailbox.letters
    assert "RCPT TO" in letter.get_content()
    assert mailbox.recipients == [["li@filer.example"]]


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        (" Li.Min+a@QQ.com ", "Li.Min+a@qq.com"),
        ("li@例子.中国", "li@xn--fsqu00a.xn--fiqs8s"),
        ("li@localhost", None),
        ("li@filer", None),
        ("li@@filer.example", None),
        ('"li li"@filer.example', None),
        ("li@[127.0.0.1]", None),
        ("a" * 65 + "@filer.example", None),
    ],
)
def test_an_address_is_read_without_asking_anybody(typed: str, clean: str | None) -> None:
    assert mail.clean_address(typed) == clean


def test_a_server_whose_certificate_is_not_trusted_is_refused(tmp_path: Path) -> None:
    _path, context = smtp_server.make_certificate(tmp_path)
    with smtp_server.running(tls_context=context, require_starttls=True) as box:
        with pytest.raises(MailFailed, match="CERTIFICATE_VERIFY_FAILED"):
            mail.send(LETTER, to(box, options="?starttls=1"))
        assert box.raw == []
    with smtp_server.running(ssl_context=context) as box:
        with pytest.raises(MailFailed, match="CERTIFICATE_VERIFY_FAILED"):
            mail.send(LETTER, to(box, "smtps"))
        assert box.raw == []


def test_a_server_with_a_trusted_certificate_gets_the_letter_encrypted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, context = smtp_server.make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with smtp_server.running(tls_context=context, require_starttls=True) as box:
        mail.send(LETTER, to(box, options="?starttls=1"))
        assert box.is_encrypted == [True]
    with smtp_server.running(ssl_context=context) as box:
        mail.send(LETTER, to(box, "smtps"))
        assert len(box.raw) == 1


def test_a_certificate_for_another_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, context = smtp_server.make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with smtp_server.running(tls_context=context) as box:
        with pytest.raises(MailFailed, match="CERTIFICATE_VERIFY_FAILED"):
            mail.send(LETTER, settings(f"smtp://localhost:{box.port}?starttls=1"))
        assert box.raw == []


def test_a_server_without_encryption_gets_nothing_where_it_was_asked_for(mailbox: Mailbox) -> None:
    with pytest.raises(MailFailed, match="SMTPNotSupportedError"):
        mail.send(LETTER, to(mailbox, options="?starttls=1"))
    assert mailbox.raw == []


def test_a_user_signs_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, context = smtp_server.make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    password = PASSWORD.replace(" ", "%20")
    with smtp_server.running(
        tls_context=context, authenticator=smtp_server.sign_in, auth_required=True
    ) as box:
        mail.send(LETTER, to(box, sign_in=f"{USER}:{password}@", options="?starttls=1"))
        assert len(box.raw) == 1
        with pytest.raises(MailFailed, match="535") as fault:
            mail.send(LETTER, to(box, sign_in=f"{USER}:wrong@", options="?starttls=1"))
        assert "wrong" not in str(fault.value)
        assert len(box.raw) == 1


@pytest.mark.parametrize(
    ("at", "answer", "fault"),
    [
        ("li@filer.example", "550 5.1.1 li@filer.example is unknown", MailRefused),
        ("li@filer.example", "450 4.2.0 li@filer.example come back later", MailFailed),
        ("li@filer.example", "421 busy", MailFailed),
        ("DATA", "554 5.7.1 to li@filer.example: no", MailRefused),
        ("DATA", "451 4.3.0 try again", MailFailed),
    ],
)
def test_a_refusal_is_told_by_its_number_alone(
    mailbox: Mailbox, at: str, answer: str, fault: type[Exception]
) -> None:
    mailbox.answers[at] = answer
    with pytest.raises(fault, match=answer[:3]) as caught:
        mail.send(LETTER, to(mailbox))
    assert "filer" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert mailbox.raw == []


def send_all(letters: dict[str, Letter], now: datetime) -> int:
    errand = jobs.Errand(prepare=lambda key, now: letters[key], carry_out=mail.deliver)
    return jobs.run_due({"letter": errand}, now=now)


def put(*keys: str) -> dict[str, Letter]:
    with unit_of_work():
        for key in keys:
            jobs.enqueue("letter", {"key": key}, run_at=NOW)
    return {key: replace(LETTER, key=key, to=f"{key}@filer.example") for key in keys}


def use(box_or_port: Mailbox | int) -> None:
    port = box_or_port if isinstance(box_or_port, int) else box_or_port.port
    mail.use_mail(
        {
            "SMTP_URL": f"smtp://127.0.0.1:{port}",
            "MAIL_FROM": "no-reply@portal.example",
            "PUBLIC_URL": "https://portal.example",
        }
    )


@pytest.fixture
def mail_off() -> Iterator[None]:
    yield
    mail.use_mail({})


def waiting() -> list[jobs.Job]:
    db.session.rollback()
    return list(db.session.scalars(select(jobs.Job)))


def test_what_a_silent_server_did_not_take_is_sent_when_it_is_back(app: Flask, mail_off: None) -> None:
    port = smtp_server.free_port()
    use(port)
    letters = put("a", "b", "c")
    for minute in range(3):
        assert send_all(letters, NOW + timedelta(seconds=minute)) == 0
    assert [job.attempts for job in waiting()] == [1, 1, 1]
    assert all("ConnectionRefusedError" in (job.error or "") for job in waiting())
    assert jobs.stuck_jobs() == []
    with smtp_server.running(port) as box:
        assert send_all(letters, NOW + timedelta(hours=1)) == 3
        assert sorted(letter["Message-ID"] for letter in box.letters) == [
            f"<{key}@portal.example>" for key in "abc"
        ]
    assert waiting() == []


def test_after_one_failure_a_round_tries_no_other_letter(app: Flask, mail_off: None) -> None:
    use(smtp_server.free_port())
    send_all(put("a", "b", "c"), NOW)
    assert [job.attempts for job in waiting()] == [1, 0, 0]


def test_a_round_sends_a_few_letters_and_leaves_time_for_the_rest(
    app: Flask, mailbox: Mailbox, mail_off: None
) -> None:
    use(mailbox)
    letters = put(*"abcdefg")
    assert send_all(letters, NOW) == jobs.MOST_ERRANDS
    assert send_all(letters, NOW) == 7 - jobs.MOST_ERRANDS
    assert len(mailbox.raw) == 7


def test_a_letter_refused_for_good_is_given_up_at_once_and_can_be_seen(
    app: Flask, mailbox: Mailbox, mail_off: None
) -> None:
    use(mailbox)
    letters = put("a", "b")
    mailbox.answers["a@filer.example"] = "550 no such user a@filer.example"
    send_all(letters, NOW)
    send_all(letters, NOW)
    (stuck,) = jobs.stuck_jobs()
    assert stuck.payload == {"key": "a"}
    assert stuck.error == "MailRefused: the mail server refused the address with 550"
    assert mailbox.recipients == [["b@filer.example"]]
    assert send_all(letters, NOW + timedelta(days=30)) == 0


def test_nothing_is_lost_where_the_server_was_taken_out_of_the_settings(app: Flask, mail_off: None) -> None:
    letters = put("a")
    assert send_all(letters, NOW) == 0
    (job,) = waiting()
    assert job.error == "MailFailed: SMTP_URL is not set"


def test_no_transaction_is_open_while_the_network_takes_its_time(app: Flask) -> None:
    seen: list[bool] = []
    put("a")
    errand = jobs.Errand(
        prepare=lambda key, now: key, carry_out=lambda _: seen.append(db.session().in_transaction())
    )
    assert jobs.run_due({"letter": errand}, now=NOW) == 1
    assert seen == [False]


def test_a_lease_that_ran_out_lets_the_letter_go_again_under_the_same_id(
    app: Flask, mailbox: Mailbox, mail_off: None
) -> None:
    use(mailbox)
    letters = put("a")

    def crash(letter: Letter) -> None:
        mail.deliver(letter)
        raise KeyboardInterrupt  # the worker is killed between the server's yes and our own note of it

    with pytest.raises(KeyboardInterrupt):
        jobs.run_due({"letter": jobs.Errand(lambda key, now: letters[key], crash)}, now=NOW)
    assert send_all(letters, NOW + timedelta(minutes=1)) == 0
    assert send_all(letters, NOW + jobs.LEASE + timedelta(minutes=1)) == 1
    assert len({letter["Message-ID"] for letter in mailbox.letters}) == 1
    assert len(mailbox.raw) == 2


@pytest.mark.parametrize(
    ("url", "host", "port", "is_tls", "is_starttls"),
    [
        ("smtp://mail.example", "mail.example", 25, False, False),
        ("smtp://mail.example?starttls=1", "mail.example", 587, False, True),
        ("smtp://mail.example:26/?starttls=0", "mail.example", 26, False, False),
        ("smtps://mail.example", "mail.example", 465, True, False),
        ("smtp://[::1]:2525", "::1", 2525, False, False),
    ],
)
def test_an_address_of_a_server_says_how_to_reach_it(
    url: str, host: str, port: int, is_tls: bool, is_starttls: bool
) -> None:
    found = settings(url)
    assert (found.host, found.port, found.is_tls, found.is_starttls) == (host, port, is_tls, is_starttls)


def test_a_password_is_read_and_not_shown() -> None:
    found = settings("smtps://portal%40x:p%40ss%2Fword@mail.example")
    assert (found.user, found.password) == ("portal@x", "p@ss/word")
    assert "p@ss" not in repr(found)


@pytest.mark.parametrize(
    ("url", "sender", "words"),
    [
        ("http://mail.example", "a@b.example", "SMTP_URL must be"),
        ("mail.example:25", "a@b.example", "SMTP_URL must be"),
        ("smtp://", "a@b.example", "SMTP_URL must be"),
        ("smtp://mail.example/box", "a@b.example", "SMTP_URL must be"),
        ("smtp://[::1", "a@b.example", "SMTP_URL is no address"),
        ("smtp://mail.example:99999", "a@b.example", "SMTP_URL has a port"),
        ("smtp://mail.example:smtp", "a@b.example", "SMTP_URL has a port"),
        ("smtp://mail.example?tls=1", "a@b.example", "starttls=1"),
        ("smtp://mail.example?starttls=yes", "a@b.example", "starttls=1"),
        ("smtps://mail.example?starttls=1", "a@b.example", "one of them"),
        ("smtp://user:hush@mail.example", "a@b.example", "in the clear"),
        ("smtps://user@mail.example", "a@b.example", "user and a password"),
        ("smtps://user:密@mail.example", "a@b.example", "ASCII"),
        ("smtp://mail.example", "", "MAIL_FROM"),
        ("smtp://mail.example", "nobody", "MAIL_FROM"),
        ("smtp://mail.example", "a@b.example, c@d.example", "MAIL_FROM"),
        ("smtp://mail.example", "x\r\nBcc: c@d.example <a@b.example>", "MAIL_FROM"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_at_the_start(
    tmp_path: Path, url: str, sender: str, words: str
) -> None:
    environ = {"INSTANCE_PATH": str(tmp_path), "SMTP_URL": url, "MAIL_FROM": sender}
    with pytest.raises(config.ConfigError, match=re.escape(words)) as fault:
        config.load(environ)
    assert "hush" not in str(fault.value)


def test_without_a_server_mail_is_off(tmp_path: Path) -> None:
    loaded = config.load({"INSTANCE_PATH": str(tmp_path), "MAIL_FROM": "not used"})
    assert not mail.is_on(loaded)
    mail.use_mail(loaded)
    assert not mail.is_on()
    with pytest.raises(MailFailed):
        mail.settings_in_use()
