"""Letters to a filer: what each move says, what none ever says, and that every one arrives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask, url_for
from sqlalchemy import select

from portal.base import crypto, jobs, mail
from portal.base.db import db, unit_of_work
from portal.base.labels import in_language, label, render
from portal.complaints import actions, queries
from portal.complaints.following import asking
from portal.complaints.following.reading import HIDDEN_FROM_REPORTER
from portal.complaints.letters.notices import Notice, notice_for, notice_of
from portal.complaints.letters.telling import is_written_to
from portal.complaints.letters.words import ANSWER_ADDRESS, BRIEF, HAPPENED, LEFT_OUT, SILENT, SUBJECT
from portal.complaints.models import Case, CaseEvent, Filing
from portal.factory import JOBS
from portal.instruments.weighing import weigh
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import (
    MOVES,
    Actor,
    EndingGround,
    Move,
    MoveName,
    Need,
    RefusalGround,
    State,
    Track,
    ending_grounds,
    refusal_grounds,
)
from portal.rules.errors import MoveNotAllowed
from portal.rules.silence import effect_of_silence
from tests import smtp_server
from tests.builders import make_case
from tests.smtp_server import Mailbox

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
LANGUAGES = ("zh_Hans_CN", "en")
KEY = "canary-of-a-letter"
EMAIL = "canary@filer.example"
NAME, PHONE, ADDRESS, STORY = "金思雀", "13912345006", "鸟笼弄堂9幢", "绝密口述第九则，我亲眼看见他换了秤砣"
ID_NUMBER = "11010519491231002X"


def canaries() -> tuple[str, ...]:
    code = crypto.receipt_code(KEY)
    loose = code.replace("-", " ").lower()
    return (
        NAME,
        PHONE,
        "139 1234 5006",
        ADDRESS,
        EMAIL,
        STORY,
        "我亲眼看见他换了秤砣",
        code,
        loose,
        ID_NUMBER,
        KEY,
    )


@pytest.fixture(autouse=True)
def mail_on(app: Flask) -> Iterator[None]:
    mail.use_mail(settings(25))
    yield
    mail.use_mail({})


def settings(port: int) -> dict[str, str]:
    return {
        "SMTP_URL": f"smtp://127.0.0.1:{port}",
        "MAIL_FROM": "no-reply@portal.example",
        "PUBLIC_URL": "https://portal.example",
    }


def filing(language: str = "zh_Hans_CN") -> Filing:
    """Return a filing that stands in no database, full of canaries."""
    return Filing(
        name=NAME,
        phone=PHONE,
        address=ADDRESS,
        email=EMAIL,
        narrative=STORY,
        proxy='{"name": "代理金思雀乙"}',
        representatives=None,
        goods="苹果",
        receipt_hash="",
        language=language,
    )


def paths(track: Track) -> dict[State, tuple[Move, ...]]:
    """Return the shortest way to each state of a track, as moves of the table."""
    found: dict[State, tuple[Move, ...]] = {State.FILED: ()}
    waiting = [State.FILED]
    while waiting:
        state = waiting.pop(0)
        for row in MOVES:
            if row.track is track and state in row.from_states and row.to_state not in {None, *found}:
                found[row.to_state] = (*found[state], row)  # type: ignore[index]
                waiting.append(row.to_state)  # type: ignore[arg-type]
    return found


def case_in(state: State, track: Track, on: date, language: str = "zh_Hans_CN") -> Case:
    """Return a case that stands in no database, taken to a state in one day."""
    case = Case(
        number="TS-AAAA-BBBB",
        track=track,
        state=State.FILED,
        region_code="330106",
        filing=filing(language),
        filed_at=datetime(on.year, on.month, on.day, 2, tzinfo=UTC),
    )
    for number, row in enumerate(paths(track)[state]):
        if row.name in {MoveName.REGISTER, MoveName.REGISTER_CLUE}:
            case.received_on = on
        event = CaseEvent(
            id=number, move=row.name, from_state=case.state, to_state=row.to_state, on=on, actor=Actor.OFFICER
        )
        case.events.append(event)
        case.state = row.to_state or case.state
    return case


@dataclass(frozen=True)
class Asked:
    """One letter asked for: a row of the table at one of its states."""

    row: Move
    state: State
    language: str
    notice: Notice | None


def ground_for(name: MoveName, on: date) -> RefusalGround | EndingGround | None:
    if name is MoveName.REFUSE:
        return refusal_grounds(on)[0]
    return ending_grounds(on)[1] if name is MoveName.END_MEDIATION else None


def every_letter(reason: str) -> list[Asked]:
    """Return the letter of every move from every state, in both languages and editions."""
    found = []
    for row in MOVES:
        for state in row.from_states:
            for language in LANGUAGES:
                for on in (date(2026, 6, 1), date(2026, 3, 2)):
                    if row.effective_to and on > row.effective_to:
                        continue
                    if row.effective_from and on < row.effective_from:
                        continue
                    notice = notice_for(
                        case_in(state, row.track, on, language),
                        row.name,
                        actor=next(iter(sorted(row.actors))),
                        on=on,
                        ground=ground_for(row.name, on),
                        reason=reason,
                    )
                    found.append(Asked(row, state, language, notice))
    return found


def found_in(letters: list[Asked], wanted: tuple[str, ...]) -> set[str]:
    texts = [f"{asked.notice.subject}\n{asked.notice.text}" for asked in letters if asked.notice]
    return {word for word in wanted for text in texts if word.lower() in text.lower()}


def test_every_move_has_a_letter_or_is_passed_over_on_purpose() -> None:
    rows = {(row.track, row.name) for row in MOVES} | {(track, None) for track in Track}
    assert rows - set(HAPPENED) - SILENT == set(), "a new move: give it words, or a reason to be silent"
    assert set(HAPPENED) & SILENT == set()
    assert (set(HAPPENED) | SILENT) - rows == set()


def test_every_move_told_in_mediation_is_written_in_both_languages(app: Flask) -> None:
    letters = [asked for asked in every_letter("请补交付款凭证。") if asked.row.track is Track.MEDIATION]
    silent = {asked.row.name for asked in letters if asked.notice is None}
    assert silent == {name for track, name in SILENT if track is Track.MEDIATION}
    for asked in letters:
        if asked.notice:
            sentence = HAPPENED[asked.row.track, asked.row.name]
            with in_language(asked.language):
                assert render(sentence) in asked.notice.text
            is_chinese = any(
                "\u4e00" <= sign <= "\u9fff" for sign in asked.notice.text.replace("请补交付款凭证。", "")
            )
            assert is_chinese is (asked.language != "en"), asked


def test_nothing_private_stands_in_any_letter(app: Flask) -> None:
    letters = every_letter(
        f"请{NAME}（{PHONE}、139 1234 5006，{EMAIL.upper()}）补充。您说“{STORY}”，住{ADDRESS}，"
        f"查询码{canaries()[7]}，{canaries()[8]}，身份证{ID_NUMBER}。"
    )
    assert sum(asked.notice is not None for asked in letters) > 200
    assert found_in(letters, canaries()) == set()
    assert found_in(letters, ("老王", "苹果", "代理金思雀乙")) == set()


def test_a_planted_canary_is_found(app: Flask) -> None:
    """Whoever's letter it is not: words of another filing are not known here, and go through."""
    stranger = "银画眉"
    letters = every_letter(f"请{stranger}补充，号码{NAME[::-1]}。")
    assert found_in(letters, (*canaries(), stranger, NAME[::-1])) == {stranger, NAME[::-1]}


def test_an_officers_other_words_stay_as_they_are(app: Flask) -> None:
    words = "请补交付款凭证，材料寄到文三路8号，咨询电话0571-87654321，订单20260601-77。"
    case = case_in(State.RECEIVED, Track.MEDIATION, NOW.date())
    notice = notice_for(case, MoveName.ASK_PARTY, actor=Actor.OFFICER, on=NOW.date(), reason=words)
    assert notice is not None
    assert words in notice.text


MERCHANT = "杭州市西湖区银画眉炒货店（个体工商户）"


@pytest.mark.parametrize(
    "written",
    [
        MERCHANT,
        "西湖区银画眉炒货店",
        "银画眉炒货店",
        "画眉干果",
        "路口画眉摊",
        "12.5元",
        "１２元",
        "1,200 元",
        "¥60.00",
        "￥ 60",
        "人民币三百元",
        "三百二十元五角",
        "叁佰元",
        "3万余元",
        "20块",
        "十二块钱",
        "60 yuan",
        "RMB 60",
        "5角",
        "60分钱",
    ],
)
def test_neither_merchant_nor_amount_stands_in_an_officers_words(app: Flask, written: str) -> None:
    case = case_in(State.RECEIVED, Track.MEDIATION, NOW.date())
    case.filing.merchant = Merchant(name=MERCHANT, trade_name="画眉干果")
    case.filing.respondent_name = "路口画眉摊"
    reason = f"请说明{written}一事。"
    notice = notice_for(case, MoveName.ASK_PARTY, actor=Actor.OFFICER, on=NOW.date(), reason=reason)
    assert notice is not None
    assert written not in notice.text
    with in_language("zh_Hans_CN"):
        assert f"请说明{render(LEFT_OUT)}一事。" in notice.text


@pytest.mark.parametrize(
    "words", ["3单元502室", "一块儿来", "60分钟内", "少了60克", "2026年6月1日", "元宵节前"]
)
def test_what_is_no_amount_of_money_stays(app: Flask, words: str) -> None:
    case = case_in(State.RECEIVED, Track.MEDIATION, NOW.date())
    notice = notice_for(case, MoveName.ASK_PARTY, actor=Actor.OFFICER, on=NOW.date(), reason=words)
    assert notice is not None
    assert words in notice.text


def test_the_subject_says_nothing_of_the_matter(app: Flask) -> None:
    subjects = {(asked.language, asked.notice.subject) for asked in every_letter("") if asked.notice}
    assert subjects == {
        ("zh_Hans_CN", "足秤：您提交的事项有新进展"),
        ("en", "Full Measure: there is news of what you sent us"),
    }


def test_a_reporter_is_told_no_state_that_the_page_hides(app: Flask) -> None:
    letters = [asked for asked in every_letter("请补充。") if asked.row.track is Track.REPORT]
    told = {asked.row.name for asked in letters if asked.notice}
    assert told == {name for track, name in HAPPENED if track is Track.REPORT and name}
    for asked in letters:
        if asked.notice is None:
            continue
        leads_to = asked.row.to_state or asked.state
        if {asked.state, leads_to} & HIDDEN_FROM_REPORTER:
            assert asked.row.name in {MoveName.ASK_PARTY, MoveName.TELL_REPORTER, MoveName.MERGE}
        with in_language(asked.language):
            hidden = [label(state) for state in HIDDEN_FROM_REPORTER]
        assert [words for words in hidden if words in asked.notice.text] == [], asked


def test_a_merged_report_does_not_say_that_there_was_another(app: Flask) -> None:
    assert (Track.REPORT, MoveName.MERGE) in BRIEF
    for language, words in (("en", ("earlier", "merge", "join")), ("zh_Hans_CN", ("合并", "此前", "同一"))):
        case = case_in(State.CHECKING, Track.REPORT, NOW.date(), language)
        notice = notice_for(case, MoveName.MERGE, actor=Actor.OFFICER, on=NOW.date(), reason="JB-1 同一事实")
        assert notice is not None
        assert [word for word in words if word in notice.text.lower()] == []


def test_a_nameless_reporter_is_not_told_the_result(app: Flask) -> None:
    on = date(2026, 3, 2)
    case = case_in(State.OPENED, Track.REPORT, on)
    assert notice_for(case, MoveName.TELL_REPORTER, actor=Actor.OFFICER, on=on) is not None
    case.filing.name = None
    assert notice_for(case, MoveName.TELL_REPORTER, actor=Actor.OFFICER, on=on) is None


def letter(state: State, name: MoveName, actor: Actor = Actor.OFFICER, **given: object) -> str:
    case = case_in(state, Track.MEDIATION, NOW.date(), str(given.pop("language", "zh_Hans_CN")))
    notice = notice_for(case, name, actor=actor, on=NOW.date(), **given)  # type: ignore[arg-type]
    assert notice is not None
    return notice.text


def test_an_acceptance_names_the_day_mediation_ends_and_its_article(app: Flask) -> None:
    text = letter(State.RECEIVED, MoveName.ACCEPT)
    assert (
        "调解：最迟2026年7月31日（市场监督管理投诉举报处理办法（国家市场监督管理总局令第121号）第二十三条"
        in text
    )
    assert "依据：市场监督管理投诉举报处理办法第十五条" in text
    assert "Under: Order 121, Art. 15" in letter(State.RECEIVED, MoveName.ACCEPT, language="en")


def test_a_request_says_its_day_and_what_silence_means(app: Flask) -> None:
    before = letter(State.RECEIVED, MoveName.ASK_PARTY, reason="请补交付款凭证。")
    assert "请补交付款凭证。" in before
    assert "请在2026年6月8日之前答复（含当日）。" in before
    sentence = render(effect_of_silence(Track.MEDIATION, State.RECEIVED, NOW.date()).sentence)
    assert (
        f"{sentence}（市场监督管理投诉举报处理办法（国家市场监督管理总局令第121号）第十六条第五项" in before
    )
    later = letter(State.MEDIATING, MoveName.ASK_PARTY, reason="请补交付款凭证。")
    assert render(effect_of_silence(Track.MEDIATION, State.MEDIATING, NOW.date()).sentence) in later
    assert "第十六条" not in later


def test_a_refusal_gives_its_ground_its_reason_and_the_other_ways(app: Flask) -> None:
    text = letter(
        State.RECEIVED, MoveName.REFUSE, ground=RefusalGround.OVER_THREE_YEARS, reason="购买已四年。"
    )
    assert "除法律另有规定外，投诉人知道或者应当知道" in text
    assert "购买已四年。" in text
    for way in ("协商和解", "消费者协会", "有关行政部门", "仲裁机构", "人民法院", "第三十九条"):
        assert way in text


def test_a_reported_payment_says_what_silence_means(app: Flask) -> None:
    text = letter(State.SETTLED, MoveName.REPORT_PAID, Actor.MERCHANT)
    assert "您没有说明的，视为已收到款项。" in text


def test_an_officers_own_note_is_not_told(app: Flask) -> None:
    for row in MOVES:
        if row.track is Track.MEDIATION and row.name not in {
            MoveName.REFUSE,
            MoveName.ASK_PARTY,
            MoveName.END_MEDIATION,
        }:
            case = case_in(row.from_states[0], row.track, NOW.date())
            notice = notice_for(
                case, row.name, actor=next(iter(row.actors)), on=NOW.date(), reason="内部备注某某"
            )
            assert notice is None or "内部备注" not in notice.text


def test_a_move_that_is_not_open_has_no_letter(app: Flask) -> None:
    with pytest.raises(MoveNotAllowed):
        letter(State.FILED, MoveName.ACCEPT)


def test_the_letter_leads_to_the_page_where_the_code_is_typed(app: Flask) -> None:
    with app.test_request_context():
        path = url_for("complaints.follow")
    assert f"https://portal.example{path}\n" in letter(State.RECEIVED, MoveName.ACCEPT)
    assert f"https://portal.example{path}?lang=en" in letter(State.RECEIVED, MoveName.ACCEPT, language="en")
    assert "TS-AAAA-BBBB" in letter(State.RECEIVED, MoveName.ACCEPT)


# Through the database, the worker and a server.


def filed(
    shop: Merchant, *, email: str | None = EMAIL, language: str = "zh_Hans_CN", **given: object
) -> Case:
    case = make_case(shop, now=NOW, **given)  # type: ignore[arg-type]
    with unit_of_work():
        found = queries.case_by_number(case.number)
        found.filing.email, found.filing.language = email, language
    return found


def move(case: Case, name: MoveName, actor: Actor = Actor.OFFICER, **given: object) -> CaseEvent:
    with unit_of_work():
        found = queries.case_by_number(case.number)
        return actions.move(found, name, actor=actor, now=given.pop("now", NOW), **given)  # type: ignore[arg-type]


def outbox() -> list[jobs.Job]:
    db.session.rollback()
    return list(
        db.session.scalars(select(jobs.Job).where(jobs.Job.name == "send_notice").order_by(jobs.Job.id))
    )


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with smtp_server.running() as box:
        mail.use_mail(settings(box.port))
        yield box


def text_of(box: Mailbox, number: int = 0) -> str:
    return str(box.letters[number].get_content()).replace("\r\n", "\n")


def test_a_move_is_told_by_letter_word_for_word_as_it_was_shown(shop: Merchant, mailbox: Mailbox) -> None:
    case = filed(shop)
    shown = notice_for(
        queries.case_by_number(case.number),
        MoveName.ASK_PARTY,
        actor=Actor.OFFICER,
        on=NOW.date(),
        reason="请补交付款凭证。",
    )
    move(case, MoveName.ASK_PARTY, reason="请补交付款凭证。")
    # What happens before the worker comes round changes nothing in what was promised.
    move(case, MoveName.ADD_MATERIAL, Actor.COMPLAINANT)
    move(case, MoveName.ACCEPT, now=NOW + timedelta(hours=3))
    assert jobs.run_due(JOBS, now=NOW + timedelta(days=1)) >= 2
    assert shown is not None
    event = queries.case_by_number(case.number).events[1]
    address = f"https://portal.example/complaints/requests/{asking.token_of(event)}"
    assert text_of(mailbox) == shown.text.replace(render(ANSWER_ADDRESS), address)
    assert address in text_of(mailbox)
    assert mailbox.letters[0]["Subject"] == shown.subject
    assert mailbox.recipients == [[EMAIL], [EMAIL]]


def test_the_address_in_a_letter_opens_the_question(app: Flask, shop: Merchant, mailbox: Mailbox) -> None:
    move(filed(shop), MoveName.ASK_PARTY, reason="请补交付款凭证。")
    jobs.run_due(JOBS, now=NOW)
    address = next(word for word in re.split(r"[\s：]", text_of(mailbox)) if "/requests/" in word)
    page = app.test_client().get(address.removeprefix("https://portal.example"))
    assert (page.status_code, "请补交付款凭证。" in page.text) == (200, True)


def test_a_letter_is_in_the_filers_language(shop: Merchant, mailbox: Mailbox) -> None:
    move(filed(shop, language="en"), MoveName.ACCEPT)
    jobs.run_due(JOBS, now=NOW)
    assert mailbox.letters[0]["Subject"] == SUBJECT.text
    assert mailbox.letters[0]["Content-Language"] == "en"
    assert "The office has accepted your complaint." in text_of(mailbox)


def test_the_table_of_jobs_holds_numbers_alone(shop: Merchant) -> None:
    case = filed(shop)
    event = move(case, MoveName.ASK_PARTY, reason=f"请{NAME}补充")
    (job,) = outbox()
    assert job.payload == {"case_id": case.id, "event_id": event.id}


def test_a_refused_address_leaves_no_trace_of_itself_in_the_table(shop: Merchant, mailbox: Mailbox) -> None:
    mailbox.answers[EMAIL] = f"550 5.1.1 <{EMAIL}> unknown"
    move(filed(shop), MoveName.ACCEPT)
    jobs.run_due(JOBS, now=NOW)
    (stuck,) = jobs.stuck_jobs()
    assert stuck.error == "MailRefused: the mail server refused the address with 550"


def test_a_move_undone_sends_nothing(shop: Merchant, mailbox: Mailbox) -> None:
    case = filed(shop)
    with pytest.raises(RuntimeError), unit_of_work():
        actions.move(queries.case_by_number(case.number), MoveName.ACCEPT, actor=Actor.OFFICER, now=NOW)
        raise RuntimeError
    assert outbox() == []


def test_without_an_address_or_a_server_nothing_is_queued(shop: Merchant) -> None:
    case = filed(shop, email=None)
    move(case, MoveName.ACCEPT)
    assert not is_written_to(queries.case_by_number(case.number))
    mail.use_mail({})
    other = filed(shop, key="filing-2")
    move(other, MoveName.ACCEPT)
    assert not is_written_to(queries.case_by_number(other.number))
    assert outbox() == []


def test_an_address_taken_back_gets_no_letter_that_was_waiting(shop: Merchant, mailbox: Mailbox) -> None:
    case = filed(shop)
    move(case, MoveName.ACCEPT)
    with unit_of_work():
        queries.case_by_number(case.number).filing.email = None
    assert jobs.run_due(JOBS, now=NOW) >= 1
    assert (mailbox.raw, outbox()) == ([], [])


def test_silent_moves_queue_nothing_and_hidden_ones_send_nothing(shop: Merchant, mailbox: Mailbox) -> None:
    case = filed(shop, tracks=(Track.REPORT,))
    for name in (MoveName.BEGIN_CHECK, MoveName.OPEN_CASE, MoveName.DECIDE_CASE):
        move(case, name, reason="依法", also_given=[Need.APPROVAL])
    assert len(outbox()) == 1
    jobs.run_due(JOBS, now=NOW)
    assert len(mailbox.raw) == 1
    assert "已开始核查" in text_of(mailbox)
    reopened = filed(shop, tracks=(Track.REPORT,), key="filing-2")
    for name in (MoveName.BEGIN_CHECK, MoveName.DO_NOT_OPEN):
        move(reopened, name, reason="依法", also_given=[Need.APPROVAL])
    jobs.run_due(JOBS, now=NOW)
    event = move(reopened, MoveName.REOPEN, Actor.LEADER, reason="依法")
    jobs.run_due(JOBS, now=NOW)
    assert notice_of(event) is None
    assert len(mailbox.raw) == 2


def test_the_first_letter_tells_of_12315_and_holds_no_code(shop: Merchant, mailbox: Mailbox) -> None:
    typed = {"goods": "苹果", "price": "10", "settled": "1"}
    data = actions.FilingData(
        merchant=shop,
        tracks=(Track.REPORT,),
        weighing=weigh(typed, today=NOW.date()),
        requests=(),
        narrative=STORY,
        name=None,
        phone=None,
        address=None,
        email=EMAIL,
        agrees_to_publication=False,
        agrees_to_delegation=False,
    )
    with unit_of_work():
        actions.file_complaint(data, submission_id=KEY, is_statutory_channel=False, now=NOW)
    jobs.run_due(JOBS, now=NOW)
    text = text_of(mailbox)
    assert "12315" in text
    assert [word for word in canaries() if word in text] == []
    with unit_of_work():
        actions.file_complaint(data, submission_id="other", is_statutory_channel=True, now=NOW)
    jobs.run_due(JOBS, now=NOW)
    assert "主管部门已登记您的举报。" in text_of(mailbox, 1)
    assert len(mailbox.raw) == 2


def test_a_letter_sent_again_has_the_same_id(shop: Merchant, mailbox: Mailbox) -> None:
    event = move(filed(shop), MoveName.ACCEPT)
    numbers = {"case_id": event.case_id, "event_id": event.id}
    with unit_of_work():
        jobs.enqueue("send_notice", numbers, run_at=NOW)
    jobs.run_due(JOBS, now=NOW)
    assert len(mailbox.raw) == 2
    assert len({found["Message-ID"] for found in mailbox.letters}) == 1
    assert str(event.case_id) != mailbox.letters[0]["Message-ID"].split("@")[0].strip("<")
