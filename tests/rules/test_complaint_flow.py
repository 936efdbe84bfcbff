"""The two tracks: the table of moves, the grounds, and the clocks that a history starts."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.complaint_flow import (
    MOVES,
    ORDER_121_FROM,
    Actor,
    EndingGround,
    FlowEvent,
    Move,
    MoveName,
    Need,
    RefusalGround,
    RunningClock,
    State,
    Track,
    article_of,
    diagram,
    ending_grounds,
    ground_text,
    is_final,
    moves_open_to,
    next_due,
    next_state,
    projected_clocks,
    refusal_grounds,
    running_clocks,
    state_after,
    states,
)
from portal.rules.deadlines import Clock, Pause
from portal.rules.errors import MoveNotAllowed

M, S, T, A, N = MoveName, State, Track, Actor, Need
NOW = date(2026, 11, 23)
BEFORE = ORDER_121_FROM - timedelta(days=1)
EVERYTHING = frozenset(Need)

# Moves that write a note and change nothing in law.
OURS = {
    M.NAME_MERCHANT,
    M.ASK_MERCHANT,
    M.REPLY,
    M.RECORD_FINDING,
    M.REPORT_PAID,
    M.DENY_RECEIPT,
    M.PRESUME_PERFORMED,
    M.DECLINE_OFFER,
}


def on(text: str) -> date:
    return date.fromisoformat(text)


def history(*steps: tuple[MoveName, str]) -> tuple[FlowEvent, ...]:
    return tuple(FlowEvent(move, on(day)) for move, day in steps)


def due(clocks: tuple[RunningClock, ...]) -> dict[Clock, tuple[date, date | None]]:
    return {c.clock: (c.deadline.due_on, c.stopped_on) for c in clocks}


def reachable(track: Track, start: State, *, revived: bool) -> set[State]:
    met, todo = {start}, [start]
    while todo:
        state = todo.pop()
        for move in MOVES:
            if move.track is track and state in move.from_states and (revived or not move.revives):
                target = move.to_state or state
                if target not in met:
                    met.add(target)
                    todo.append(target)
    return met


def open_by_the_table(
    track: Track, state: State, name: MoveName, actor: Actor, received_on: date | None
) -> Move | None:
    """Read the table the plain way, row by row."""
    for move in MOVES:
        if (
            (move.track, move.name) != (track, name)
            or state not in move.from_states
            or actor not in move.actors
        ):
            continue
        asked_on = received_on or NOW
        if move.effective_from and asked_on < move.effective_from:
            continue
        if move.effective_to and asked_on > move.effective_to:
            continue
        return move
    return None


# --- the shape of the table ---


@pytest.mark.parametrize("track", Track)
def test_every_state_is_reached(track: Track) -> None:
    assert reachable(track, S.FILED, revived=False) == set(states(track))


def test_the_tracks_together_use_every_state_and_every_move() -> None:
    assert {state for track in Track for state in states(track)} == set(State)
    assert {move.name for move in MOVES} == set(MoveName)
    assert {need for move in MOVES for need in move.needs} == set(Need)
    assert {actor for move in MOVES for actor in move.actors} == set(Actor)


@pytest.mark.parametrize(("track", "state"), [(t, s) for t in Track for s in states(t)])
def test_every_state_that_is_not_final_has_a_way_to_an_end(track: Track, state: State) -> None:
    ends = {s for s in reachable(track, state, revived=False) if is_final(s)}
    assert ends
    assert (ends == {state}) is is_final(state)


@pytest.mark.parametrize("track", Track)
def test_the_office_alone_can_bring_every_registered_case_to_an_end(track: Track) -> None:
    staff = {A.OFFICER, A.LEADER, A.SYSTEM, A.INTAKE_CLERK}
    for state in states(track):
        if state is S.FILED or is_final(state):
            continue
        ways = [
            m
            for m in MOVES
            if m.track is track
            and state in m.from_states
            and m.actors & staff
            and m.to_state not in (None, state)
        ]
        assert ways, state


def test_the_final_states() -> None:
    assert {s for s in State if is_final(s)} == {
        S.CLOSED,
        S.NOT_PERFORMED,
        S.ENDED,
        S.REFUSED,
        S.WITHDRAWN,
        S.DECIDED,
        S.NOT_OPENED,
        S.NOT_COMPETENT,
        S.MERGED,
    }


def test_only_a_leader_takes_a_finished_case_up_again() -> None:
    for move in MOVES:
        if move.name is M.REOPEN:
            assert move.actors == {A.LEADER}
            assert move.revives
            assert N.REASON in move.needs
        elif move.revives:
            assert (move.name, move.to_state) == (M.CONFIRM_PERFORMED, S.CLOSED)
        elif move.to_state is not None:
            assert not any(is_final(state) for state in move.from_states), move


def test_rows_of_one_move_in_one_state_differ_in_actors_alone() -> None:
    for move in MOVES:
        for other in MOVES:
            if move is other or (move.track, move.name) != (other.track, other.name):
                continue
            if not set(move.from_states) & set(other.from_states):
                continue
            assert not move.actors & other.actors
            effects = [
                (m.to_state, m.starts, m.stops, m.pauses, m.resumes, m.extends, m.from_receipt)
                for m in (move, other)
            ]
            assert effects[0] == effects[1]


def test_the_merchant_has_no_move_on_a_report() -> None:
    assert not [m for m in MOVES if m.track is T.REPORT and A.MERCHANT in m.actors]
    assert [m for m in MOVES if m.track is T.MEDIATION and A.MERCHANT in m.actors]


def test_every_move_with_legal_effect_cites_its_article() -> None:
    bare = {m.name for m in MOVES if not m.article}
    assert bare == {*OURS, M.WITHDRAW}
    for move in MOVES:
        if move.name is M.WITHDRAW:
            assert bool(move.article) is (move.track is T.MEDIATION)
        assert bool(move.article) == bool(move.article_en)
        assert bool(move.article_before) == bool(move.article_before_en)
        if not move.article:
            assert move.to_state in (None, S.CLOSED, S.WITHDRAWN)


def test_every_clock_that_starts_is_stopped_by_some_move() -> None:
    for track in Track:
        rows = [m for m in MOVES if m.track is track]
        started = {clock for m in rows for clock in m.starts}
        assert started
        assert started <= {clock for m in rows for clock in m.stops}
        assert {c for m in rows for c in m.pauses} == {c for m in rows for c in m.resumes}


@pytest.mark.parametrize("received_on", [None, NOW, ORDER_121_FROM, BEFORE])
def test_everything_that_is_not_in_the_table_is_refused(received_on: date | None) -> None:
    allowed = 0
    for track, state, name, actor in product(Track, State, MoveName, Actor):
        move = open_by_the_table(track, state, name, actor, received_on)
        offered = {m.name for m in moves_open_to(track, state, actor, received_on=received_on)}
        assert (name in offered) is (move is not None)
        if move is None:
            with pytest.raises(MoveNotAllowed):
                next_state(track, state, name, actor, given=EVERYTHING, received_on=received_on)
            continue
        allowed += 1
        reached = next_state(track, state, name, actor, given=EVERYTHING, received_on=received_on)
        assert reached is (move.to_state or state)
    assert allowed > 150


def test_no_move_is_made_while_one_of_its_needs_is_missing() -> None:
    for move in MOVES:
        received_on = BEFORE if move.effective_to else NOW
        for state, actor, need in product(move.from_states, move.actors, move.needs):
            given_without = EVERYTHING - {need}
            with pytest.raises(MoveNotAllowed) as error:
                next_state(move.track, state, move.name, actor, given=given_without, received_on=received_on)
            assert error.value.message.values["needs"].values == {"need": need}  # type: ignore[attr-defined]


# --- what a refusal says ---


def test_a_refusal_names_what_is_missing() -> None:
    with pytest.raises(MoveNotAllowed) as error:
        next_state(T.MEDIATION, S.RECEIVED, M.REFUSE, A.OFFICER, given=(), received_on=NOW)
    needs = error.value.message.values["needs"]
    assert error.value.message.text == "“%(move)s” still needs: %(needs)s."
    assert needs.values["need"] is N.GROUND  # type: ignore[attr-defined]
    assert needs.values["rest"].values == {"need": N.REASON}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("track", "state", "name", "actor", "received_on", "text"),
    [
        (
            T.MEDIATION,
            S.FILED,
            M.ACCEPT,
            A.OFFICER,
            NOW,
            "“%(move)s” is not possible while the case is “%(state)s”.",
        ),
        (
            T.MEDIATION,
            S.RECEIVED,
            M.ACCEPT,
            A.MERCHANT,
            NOW,
            "“%(move)s” is not open to this role: %(actor)s.",
        ),
        (
            T.REPORT,
            S.RECEIVED,
            M.MERGE,
            A.OFFICER,
            BEFORE,
            "“%(move)s” is not in the rules under which this case was received.",
        ),
        (
            T.REPORT,
            S.NOT_OPENED,
            M.TELL_REPORTER,
            A.OFFICER,
            ORDER_121_FROM,
            "“%(move)s” is not in the rules under which this case was received.",
        ),
    ],
)
def test_a_refusal_says_why(
    track: Track, state: State, name: MoveName, actor: Actor, received_on: date, text: str
) -> None:
    with pytest.raises(MoveNotAllowed) as error:
        next_state(track, state, name, actor, given=EVERYTHING, received_on=received_on)
    assert error.value.message.text == text


# --- editions ---


def test_an_old_case_cites_the_old_article() -> None:
    accept = next(m for m in MOVES if m.name is M.ACCEPT)
    assert article_of(accept, BEFORE) == ("市场监督管理投诉举报处理暂行办法第十四条", "Order 20, Art. 14")
    assert article_of(accept, ORDER_121_FROM) == (
        "市场监督管理投诉举报处理办法第十五条",
        "Order 121, Art. 15",
    )
    assert article_of(accept, None) == article_of(accept, NOW)
    opened = next(m for m in MOVES if m.name is M.OPEN_CASE)
    assert article_of(opened, BEFORE) == article_of(opened, NOW)


@pytest.mark.parametrize(
    ("name", "received_on", "is_open"),
    [
        (M.TELL_REPORTER, BEFORE, True),
        (M.TELL_REPORTER, ORDER_121_FROM, False),
        (M.TELL_REPORTER, None, False),
        (M.DECIDE_CASE, BEFORE, True),
        (M.DECIDE_CASE, ORDER_121_FROM, True),
    ],
)
def test_the_reporter_is_told_under_the_old_rules_only(
    name: MoveName, received_on: date | None, is_open: bool
) -> None:
    offered = moves_open_to(T.REPORT, S.OPENED, A.OFFICER, received_on=received_on)
    assert (name in {m.name for m in offered}) is is_open


def test_the_seven_grounds_of_refusal() -> None:
    assert refusal_grounds(ORDER_121_FROM) == (
        RefusalGround.NOT_COMPETENT,
        RefusalGround.ALREADY_HANDLED,
        RefusalGround.NOT_CONSUMER_DISPUTE,
        RefusalGround.OVER_THREE_YEARS,
        RefusalGround.MATERIAL_MISSING_OR_FALSE,
        RefusalGround.IDENTITY_NOT_TRUE,
        RefusalGround.OTHER,
    )


def test_the_six_grounds_of_refusal_before() -> None:
    old = refusal_grounds(BEFORE)
    assert len(old) == 6
    assert RefusalGround.MATERIAL_MISSING in old
    assert RefusalGround.IDENTITY_NOT_TRUE not in old
    assert refusal_grounds(date(2019, 12, 31)) == ()


def test_the_grounds_for_ending_in_both_editions() -> None:
    new, old = ending_grounds(ORDER_121_FROM), ending_grounds(BEFORE)
    assert (len(new), len(old)) == (8, 7)
    assert EndingGround.PARTY_GONE in new
    assert EndingGround.PARTY_GONE not in old
    assert set(new) | set(old) == set(EndingGround)
    assert set(refusal_grounds(NOW)) | set(refusal_grounds(BEFORE)) == set(RefusalGround)


def test_a_ground_has_its_official_wording() -> None:
    row = ground_text(RefusalGround.IDENTITY_NOT_TRUE, NOW)
    assert (row.article, row.article_en) == ("第十六条第六项", "Art. 16(6)")
    assert row.text.startswith("冒用他人名义")
    assert row.text_en
    assert "六十日" in ground_text(EndingGround.TIME_UP, NOW).text
    assert "四十五个工作日" in ground_text(EndingGround.TIME_UP, BEFORE).text


def test_a_ground_of_another_edition_is_refused() -> None:
    with pytest.raises(MoveNotAllowed):
        ground_text(RefusalGround.IDENTITY_NOT_TRUE, BEFORE)
    with pytest.raises(MoveNotAllowed):
        ground_text(EndingGround.TEST_BODY_OR_COST, NOW)


def test_the_wording_is_that_of_the_official_text(data_path: Path) -> None:
    path = data_path / "laws" / "市场监督管理投诉举报处理办法_2026_条文.jsonl"
    articles = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    text = {a["title"].split()[-1]: a["content"] for a in articles}
    for ground in refusal_grounds(NOW):
        assert ground_text(ground, NOW).text in text["第十六条"]
    for ending in ending_grounds(NOW):
        assert ground_text(ending, NOW).text in text["第二十三条"]


# --- clocks from history ---


def test_a_case_that_is_not_registered_has_no_legal_clock() -> None:
    assert running_clocks((), T.MEDIATION, None, "", NOW) == ()
    offered = history((M.REPLY, "2026-11-20"), (M.OFFER, "2026-11-21"))
    assert running_clocks(offered, T.MEDIATION, None, "", NOW) == ()
    assert running_clocks(offered[:1], T.MEDIATION, None, "", NOW) == ()
    assert next_due(()) is None


def test_a_projection_shows_what_the_time_line_would_be() -> None:
    (clock,) = projected_clocks(T.MEDIATION, NOW, "330106", NOW)
    assert (clock.clock, clock.started_on, clock.deadline.due_on) == (Clock.ACCEPT, NOW, on("2026-12-02"))
    assert {c.clock for c in projected_clocks(T.REPORT, NOW, "330106", NOW)} == {Clock.CHECK_REPORT}


def test_the_clock_starts_on_receipt_and_not_on_the_day_of_typing() -> None:
    events = history((M.REGISTER, "2026-11-26"))
    (clock,) = running_clocks(events, T.MEDIATION, NOW, "", on("2026-11-26"))
    assert (clock.started_on, clock.deadline.due_on) == (NOW, on("2026-12-02"))


def test_shandong_has_its_own_clock_beside_the_national_one() -> None:
    events = history((M.REGISTER, "2026-11-23"))
    clocks = due(running_clocks(events, T.REPORT, NOW, "370102", NOW))
    assert clocks == {
        Clock.TAKE_UP_REPORT: (on("2026-11-26"), None),
        Clock.CHECK_REPORT: (on("2026-12-14"), None),
    }
    begun = (*events, FlowEvent(M.BEGIN_CHECK, on("2026-11-24")))
    clocks = due(running_clocks(begun, T.REPORT, NOW, "370102", NOW))
    assert clocks[Clock.TAKE_UP_REPORT] == (on("2026-11-26"), on("2026-11-24"))
    assert clocks[Clock.CHECK_REPORT] == (on("2026-12-14"), None)


def test_a_complaint_from_registration_to_payment() -> None:
    events = history(
        (M.REGISTER, "2026-06-01"),
        (M.ACCEPT, "2026-06-03"),
        (M.REPLY, "2026-06-05"),
        (M.BEGIN_MEDIATION, "2026-06-08"),
        (M.START_TESTING, "2026-06-10"),
        (M.END_TESTING, "2026-06-20"),
        (M.RECORD_FINDING, "2026-06-20"),
        (M.SETTLE, "2026-06-22"),
        (M.REPORT_PAID, "2026-06-23"),
        (M.CONFIRM_PERFORMED, "2026-06-24"),
    )
    assert state_after(T.MEDIATION, events) is S.CLOSED
    clocks = running_clocks(events, T.MEDIATION, on("2026-06-01"), "", NOW)
    assert due(clocks) == {
        Clock.ACCEPT: (on("2026-06-10"), on("2026-06-03")),
        Clock.MEDIATE: (on("2026-08-12"), on("2026-06-22")),
        Clock.MERCHANT_ANSWER: (on("2026-06-10"), on("2026-06-05")),
        Clock.PERFORM_SETTLEMENT: (on("2026-06-29"), on("2026-06-23")),
        Clock.PRESUME_RECEIPT: (on("2026-07-08"), on("2026-06-24")),
    }
    mediate = next(c for c in clocks if c.clock is Clock.MEDIATE)
    assert mediate.pauses == (Pause(on("2026-06-10"), on("2026-06-20")),)
    assert next_due(clocks) is None


def test_the_next_clock_due_may_be_ours_or_only_the_law_s() -> None:
    events = history((M.REGISTER, "2026-11-02"), (M.ACCEPT, "2026-11-03"))
    clocks = running_clocks(events, T.MEDIATION, on("2026-11-02"), "", NOW)
    ours, legal = next_due(clocks), next_due(clocks, legal_only=True)
    assert ours is not None
    assert legal is not None
    assert (ours.clock, legal.clock) == (Clock.MERCHANT_ANSWER, Clock.MEDIATE)


def test_while_testing_mediation_is_paused() -> None:
    events = history(
        (M.REGISTER, "2026-06-01"),
        (M.ACCEPT, "2026-06-03"),
        (M.BEGIN_MEDIATION, "2026-06-08"),
        (M.START_TESTING, "2026-06-10"),
    )
    clocks = running_clocks(events, T.MEDIATION, on("2026-06-01"), "", on("2026-06-20"))
    mediate = next(c for c in clocks if c.clock is Clock.MEDIATE)
    assert (mediate.deadline.is_paused, mediate.deadline.due_on) == (True, on("2026-08-12"))


def test_a_note_during_a_test_does_not_end_the_pause_but_its_end_does() -> None:
    events = history(
        (M.REGISTER, "2026-06-01"),
        (M.ACCEPT, "2026-06-03"),
        (M.BEGIN_MEDIATION, "2026-06-08"),
        (M.START_TESTING, "2026-06-10"),
        (M.RECORD_FINDING, "2026-06-15"),
        (M.END_TESTING, "2026-06-20"),
        (M.PROPOSE, "2026-06-24"),
    )
    clocks = running_clocks(events, T.MEDIATION, on("2026-06-01"), "", NOW)
    mediate = next(c for c in clocks if c.clock is Clock.MEDIATE)
    assert mediate.pauses == (Pause(on("2026-06-10"), on("2026-06-20")),)


def test_two_sides_may_settle_before_any_authority_is_asked() -> None:
    events = history((M.OFFER, "2026-04-14"), (M.ACCEPT_OFFER, "2026-04-16"))
    assert state_after(T.MEDIATION, events) is S.SETTLED
    (clock,) = running_clocks(events, T.MEDIATION, None, "", NOW)
    assert (clock.clock, clock.deadline.due_on) == (Clock.PERFORM_SETTLEMENT, on("2026-04-23"))
    assert not clock.deadline.is_legal


def test_ending_a_mediation_during_a_test_ends_the_pause_too() -> None:
    events = history(
        (M.REGISTER, "2026-06-01"),
        (M.ACCEPT, "2026-06-03"),
        (M.BEGIN_MEDIATION, "2026-06-08"),
        (M.START_TESTING, "2026-06-10"),
        (M.END_MEDIATION, "2026-06-12"),
    )
    clocks = running_clocks(events, T.MEDIATION, on("2026-06-01"), "", NOW)
    mediate = next(c for c in clocks if c.clock is Clock.MEDIATE)
    assert mediate.pauses == (Pause(on("2026-06-10"), on("2026-06-12")),)
    assert not mediate.deadline.is_paused
    # 06-19 is a holiday: the seventh working day after Friday 06-12.
    assert due(clocks)[Clock.TELL_MEDIATION_ENDED] == (on("2026-06-24"), None)
    assert state_after(T.MEDIATION, events) is S.ENDING


@pytest.mark.parametrize(
    ("received_on", "mediate_due"), [("2026-04-14", "2026-06-25"), ("2026-04-15", "2026-06-22")]
)
def test_an_old_case_keeps_the_old_time_to_mediate(received_on: str, mediate_due: str) -> None:
    events = history((M.REGISTER, "2026-04-15"), (M.ACCEPT, "2026-04-20"))
    clocks = running_clocks(events, T.MEDIATION, on(received_on), "", NOW)
    assert due(clocks)[Clock.MEDIATE] == (on(mediate_due), None)


def test_a_check_is_extended_once_by_fifteen_working_days() -> None:
    events = history(
        (M.REGISTER, "2026-11-02"), (M.BEGIN_CHECK, "2026-11-03"), (M.EXTEND_CHECK, "2026-11-20")
    )
    (clock,) = running_clocks(events, T.REPORT, on("2026-11-02"), "", NOW)
    assert (clock.is_extended, clock.deadline.due_on) == (True, on("2026-12-14"))
    assert M.EXTEND_CHECK not in {m.name for m in moves_open_to(T.REPORT, S.CHECK_EXTENDED, A.LEADER)}


def test_a_clue_is_verified_from_the_day_it_was_found() -> None:
    events = history((M.REGISTER_CLUE, "2026-11-25"))
    (clock,) = running_clocks(events, T.REPORT, NOW, "", on("2026-11-25"))
    assert (clock.clock, clock.deadline.due_on) == (Clock.VERIFY_CLUE, on("2026-12-14"))
    assert state_after(T.REPORT, events) is S.CHECKING


def test_a_later_report_starts_the_check_again_from_its_receipt() -> None:
    events = (
        *history((M.REGISTER, "2026-11-02"), (M.BEGIN_CHECK, "2026-11-03"), (M.EXTEND_CHECK, "2026-11-20")),
        FlowEvent(M.TAKE_IN, on("2026-11-25"), counts_from=NOW),
    )
    first, second = running_clocks(events, T.REPORT, on("2026-11-02"), "", on("2026-11-25"))
    assert first.stopped_on == on("2026-11-25")
    assert (second.started_on, second.deadline.due_on) == (NOW, on("2026-12-14"))
    assert not second.is_extended
    assert state_after(T.REPORT, events) is S.CHECKING


@pytest.mark.parametrize(
    ("received_on", "is_anonymous", "is_told"),
    [("2026-04-14", False, True), ("2026-04-14", True, False), ("2026-04-15", False, False)],
)
def test_the_clock_to_tell_the_reporter(received_on: str, is_anonymous: bool, is_told: bool) -> None:
    events = history((M.REGISTER, "2026-04-15"), (M.BEGIN_CHECK, "2026-04-16"), (M.DO_NOT_OPEN, "2026-04-20"))
    clocks = running_clocks(events, T.REPORT, on(received_on), "", NOW, is_anonymous=is_anonymous)
    assert (Clock.TELL_REPORTER in due(clocks)) is is_told
    if not is_anonymous:
        assert running_clocks(events, T.REPORT, on(received_on), "", NOW) == clocks


def test_a_case_has_ninety_days_and_thirty_more() -> None:
    events = history(
        (M.REGISTER, "2026-06-01"),
        (M.BEGIN_CHECK, "2026-06-02"),
        (M.OPEN_CASE, "2026-06-03"),
        (M.EXTEND_CASE, "2026-08-25"),
    )
    clocks = running_clocks(events, T.REPORT, on("2026-06-01"), "", NOW)
    assert due(clocks)[Clock.DECIDE_CASE] == (on("2026-10-08"), None)
    decided = (*events, FlowEvent(M.DECIDE_CASE, on("2026-09-10")))
    assert due(running_clocks(decided, T.REPORT, on("2026-06-01"), "", NOW))[Clock.DECIDE_CASE] == (
        on("2026-10-08"),
        on("2026-09-10"),
    )


def test_a_history_that_cannot_be_is_refused() -> None:
    events = history((M.ACCEPT, "2026-06-03"))
    with pytest.raises(MoveNotAllowed):
        state_after(T.MEDIATION, events)
    with pytest.raises(MoveNotAllowed):
        running_clocks(events, T.MEDIATION, NOW, "", NOW)


@given(st.sampled_from(Track), st.sampled_from([BEFORE, on("2026-06-01")]), st.data())
def test_no_walk_ends_with_a_clock_still_running(
    track: Track, received_on: date, data: st.DataObject
) -> None:
    state, day, events = S.FILED, received_on, []
    for _ in range(25):
        ways = [
            m
            for actor in Actor
            for m in moves_open_to(track, state, actor, received_on=received_on)
            if not is_final(state)
        ]
        if not ways:
            break
        move = data.draw(st.sampled_from(ways))
        day += timedelta(days=data.draw(st.integers(0, 9)))
        events.append(FlowEvent(move.name, day))
        state = move.to_state or state
        assert state_after(track, events) is state
    clocks = running_clocks(events, track, received_on, "370102", day)
    running = {c.clock for c in clocks if c.stopped_on is None}
    assert len([c for c in clocks if c.stopped_on is None]) == len(running)
    if is_final(state):
        assert running <= {Clock.TELL_REPORTER}
    testing = {S.TESTING, S.EXTENDED_TESTING, S.CASE_TESTING}
    assert state in testing or not any(c.deadline.is_paused for c in clocks)


def test_the_diagram_draws_every_move_of_both_tracks_and_no_other() -> None:
    drawings = diagram().split("%% ")[1:]
    assert [drawing.splitlines()[0] for drawing in drawings] == [track.value for track in Track]
    for track, drawing in zip(Track, drawings, strict=True):
        wanted = {
            f"    {state.value} --> {(move.to_state or state).value}: {move.name.value}"
            f" ({', '.join(actor.value for actor in Actor if actor in move.actors)})"
            for move in MOVES
            if move.track is track
            for state in move.from_states
        }
        wanted |= {f"    {state.value} --> [*]" for state in states(track) if is_final(state)}
        wanted.add("    [*] --> filed")
        assert {line for line in drawing.splitlines() if "-->" in line} == wanted
