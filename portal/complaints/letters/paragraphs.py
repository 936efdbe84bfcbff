"""The paragraphs of a letter about one move of a case, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from textwrap import indent

from portal.base.labels import render
from portal.complaints.following.reading import REASON_FOR_FILER, is_hidden, next_step_in, state_words_in
from portal.complaints.letters import words
from portal.complaints.letters.discretion import without_private
from portal.complaints.models import Case
from portal.rules.complaint_flow import (
    Actor,
    EndingGround,
    FlowEvent,
    MoveName,
    RefusalGround,
    RunningClock,
    State,
    article_of,
    ground_text,
    move_for,
    running_clocks,
)
from portal.rules.deadlines import Clock
from portal.rules.law_quotes import quotes
from portal.rules.messages import say
from portal.rules.silence import effect_of_silence

# Periods of this portal's own that a filer must know of; the others are for the office.
OWN_CLOCKS = {Clock.ANSWER_REQUEST, Clock.PERFORM_SETTLEMENT, Clock.PRESUME_RECEIPT}
# Said in a sentence of their own, with what silence means.
SAID_APART = {MoveName.ASK_PARTY: Clock.ANSWER_REQUEST, MoveName.REPORT_PAID: Clock.PRESUME_RECEIPT}


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A case with one move, made or about to be made; `name` is None for the filing itself.

    `history` ends with the move; `received_on` is what it was with that move.
    """

    case: Case
    name: MoveName | None
    actor: Actor
    from_state: State
    to_state: State
    on: date
    received_on: date | None
    history: tuple[FlowEvent, ...]
    ground: RefusalGround | EndingGround | None = None
    reason: str = ""

    @property
    def told(self) -> words.Told:
        """The key of this move in the tables of words."""
        return self.case.track, self.name


@dataclass(frozen=True)
class Writer:
    """What the text depends on beside the move."""

    follow_url: str
    answer_url: str | None
    is_english: bool


def may_be_told(turn: Turn) -> bool:
    """Say whether the filer may learn of this move: a reporter, of nothing the page hides (Art. 36)."""
    if turn.name is MoveName.TELL_REPORTER and turn.case.filing.name is None:
        return False
    is_seen = not any(is_hidden(turn.case.track, state) for state in (turn.from_state, turn.to_state))
    return words.is_written(*turn.told) and (is_seen or turn.told in words.TOLD_IN_EVERY_STATE)


def paragraphs(turn: Turn, writer: Writer) -> Iterator[str]:
    """Return the letter's paragraphs, one after another."""
    yield render(words.about(turn.case.track, turn.case.number))
    yield render(words.HAPPENED[turn.told])
    if turn.told not in words.BRIEF:
        yield from _officers_words(turn, writer)
        yield from _what_is_asked(turn, writer)
        yield from _where_it_stands(turn)
        if turn.name is MoveName.REFUSE:
            yield from _other_routes(turn, writer)
        yield from _days(turn, writer)
        yield from _article(turn, writer)
    yield render(
        say("Read everything and answer here, with your receipt code: %(address)s", address=writer.follow_url)
    )
    yield render(words.BY_A_MACHINE)


def _officers_words(turn: Turn, writer: Writer) -> Iterator[str]:
    """Return the ground in the words of the law, and what the officer wrote for the filer."""
    if turn.ground is not None and turn.name in REASON_FOR_FILER:
        found = ground_text(turn.ground, turn.received_on or turn.on)
        yield render(
            say(
                "Ground: %(ground)s (%(article)s)",
                ground=found.text_en if writer.is_english else found.text,
                article=_cited(found.source, found.source_en, found.article, found.article_en, writer),
            )
        )
    if turn.reason.strip() and turn.name in REASON_FOR_FILER:
        said = without_private(turn.reason.strip(), turn.case.filing, mark=render(words.LEFT_OUT))
        yield render(say("The office writes to you:")) + "\n" + indent(said, "    ")


def _what_is_asked(turn: Turn, writer: Writer) -> Iterator[str]:
    """Return by which day the filer is to answer, and what silence means."""
    due = [clock for clock in _running(turn) if clock.clock is SAID_APART.get(turn.name)] if turn.name else []
    if not due:
        return
    due_on = due[-1].deadline.due_on
    if turn.name is MoveName.REPORT_PAID:
        yield render(words.silence_on_payment(due_on))
        return
    address = writer.answer_url or render(words.ANSWER_ADDRESS)
    yield "\n".join(
        [
            render(say("Please answer by %(due_on)s.", due_on=due_on)),
            render(say("Answer here, once: %(address)s", address=address)),
            _silence(turn, writer),
        ]
    )


def _silence(turn: Turn, writer: Writer) -> str:
    silence = effect_of_silence(turn.case.track, turn.from_state, turn.received_on or turn.on)
    ground = silence.ground
    if ground is None:
        return render(silence.sentence)
    article = _cited(ground.source, ground.source_en, ground.article, ground.article_en, writer)
    return render(say("%(sentence)s (%(article)s)", sentence=silence.sentence, article=article))


def _other_routes(turn: Turn, writer: Writer) -> Iterator[str]:
    """Return what remains open after a refusal, in the words of the law (Order 121 Art. 15)."""
    for quote in quotes("other_routes", on=turn.received_on or turn.on):
        article = _cited(quote.source, quote.source_en, quote.article, quote.article_en, writer)
        title = render(say("Other ways are open to you (%(article)s):", article=article))
        yield title + "\n" + indent(quote.text_en if writer.is_english else quote.text, "    ")


def _where_it_stands(turn: Turn) -> Iterator[str]:
    state = render(say("It now stands at: %(state)s.", state=state_words_in(turn.case.track, turn.to_state)))
    if turn.name in {MoveName.REPORT_PAID, MoveName.REFUSE}:
        # The letter itself says what comes next.
        yield state
        return
    next_step = next_step_in(turn.case.track, turn.to_state)
    yield f"{state}\n{render(words.REGISTER_IT if turn.to_state is State.FILED else next_step)}"
    if turn.name is MoveName.END_MEDIATION and turn.ground is not EndingGround.WITHDRAWN_OR_SETTLED:
        yield render(words.COURT)


def _days(turn: Turn, writer: Writer) -> Iterator[str]:
    """Return the periods that run now and that the filer may know of."""
    if turn.name is MoveName.TRANSFER or is_hidden(turn.case.track, turn.to_state):
        return
    apart = SAID_APART.get(turn.name) if turn.name else None
    lines = [_day_line(clock, writer) for clock in _running(turn) if clock.clock is not apart]
    if lines:
        yield "\n".join([render(say("Days to know:")), *(f"- {line}" for line in lines)])


def _running(turn: Turn) -> list[RunningClock]:
    clocks = running_clocks(
        turn.history,
        turn.case.track,
        turn.received_on,
        turn.case.region_code,
        turn.on,
        is_anonymous=turn.case.filing.name is None,
    )
    running = (clock for clock in clocks if clock.stopped_on is None)
    return [clock for clock in running if clock.deadline.is_legal or clock.clock in OWN_CLOCKS]


def _day_line(clock: RunningClock, writer: Writer) -> str:
    deadline = clock.deadline
    article = render(words.OWN_PERIOD)
    if deadline.is_legal:
        article = _cited(deadline.source, deadline.source_en, deadline.article, deadline.article_en, writer)
    if deadline.is_paused:
        return render(say("%(clock)s: %(state)s", clock=clock.clock, state=words.PAUSED))
    line = render(
        say(
            "%(clock)s: by %(due_on)s (%(article)s)",
            clock=clock.clock,
            due_on=deadline.due_on,
            article=article,
        )
    )
    return f"{line} {render(words.PROVISIONAL)}" if deadline.is_provisional else line


def _article(turn: Turn, writer: Writer) -> Iterator[str]:
    """Return the article the move stands on, where a law names it."""
    if turn.name is None:
        return
    row = move_for(turn.case.track, turn.from_state, turn.name, turn.actor, received_on=turn.received_on)
    article, article_en = article_of(row, turn.received_on)
    if article:
        yield render(say("Under: %(article)s", article=article_en if writer.is_english else article))


def _cited(source: str, source_en: str, article: str, article_en: str, writer: Writer) -> str:
    return f"{source_en}, {article_en}" if writer.is_english else source + article
