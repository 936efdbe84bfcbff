"""Stop early: what cannot be filed here is said at once, with where to go.

Order 121 Art. 16 names what is not accepted as a 投诉; of it, these facts show already in the form:

| answer | Art. 16 | closes | stays open |
|---|---|---|---|
| not about quantity | (ours: the portal deals with metrology only) | both | 12315 |
| taken up by a court, an arbitration body, an authority, an association | (2) | 投诉 | 举报 |
| for a business, or nothing was bought | (3) | 投诉 | 举报 |
| known for more than three years | (4) | 投诉 | 举报 |

The factors of Art. 17 are signals for an officer and never close anything here (PIPL Art. 24).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.rules.book import rule_in_force
from portal.rules.clocks import Clock, clock_rule
from portal.rules.complaint_terms import RefusalGround, Track
from portal.rules.deadlines import due_on
from portal.rules.errors import InputRefused
from portal.rules.grounds import ground_text
from portal.rules.intake_answers import Answers
from portal.rules.intake_terms import BoughtFor, Concern, Handled, StopCode
from portal.rules.messages import Message, say

TOPIC = "intake"
BOTH = frozenset(Track)
COMPLAINT_ONLY = frozenset({Track.MEDIATION})


@dataclass(frozen=True)
class Notice:
    """Why some tracks are closed, where to go instead, and the article it rests on."""

    code: StopCode
    sentence: Message
    where_to_go: Message
    source: str
    source_en: str
    article: str
    article_en: str
    closes: frozenset[Track]


@dataclass(frozen=True)
class Screening:
    """The tracks that are open, and a notice for each reason that closed one."""

    tracks: frozenset[Track]
    notices: tuple[Notice, ...] = ()

    @property
    def is_stopped(self) -> bool:
        """Say whether nothing can be filed here."""
        return not self.tracks

    @property
    def outlook(self) -> Message | None:
        """Say what remains possible; None where nothing is closed."""
        if self.is_stopped:
            return say("We cannot take this up here. Please see below where to go.")
        if self.tracks == BOTH:
            return None
        return say(
            "You cannot file a complaint about this, but you can still report it: "
            "the authority then looks into it by itself."
        )


def screen(answers: Answers, *, today: date) -> Screening:
    """Return the tracks still open after the answers so far; what was not answered closes nothing."""
    found = (
        _not_metrology(answers, today),
        _handled(answers, today),
        _not_for_household(answers, today),
        _too_old(answers, today),
    )
    notices = tuple(notice for notice in found if notice is not None)
    closed = frozenset[Track]().union(*(notice.closes for notice in notices))
    return Screening(BOTH - closed, notices)


def tracks_for(answers: Answers, screening: Screening) -> frozenset[Track]:
    """Return the tracks to file: a request to the merchant is a 投诉, a wish for checking a 举报.

    Where only the 举报 is open, what was meant as a 投诉 is filed as a 举报 (see `said_of`).
    Raise InputRefused where nothing was asked for, or nothing is open.
    """
    wanted = set()
    if answers.requests:
        wanted.add(Track.MEDIATION)
    if answers.wants_checking:
        wanted.add(Track.REPORT)
    if not wanted:
        raise InputRefused(
            say("Please say what you ask of the merchant, or that the authority shall look into it, or both.")
        )
    if screening.is_stopped and screening.outlook is not None:
        raise InputRefused(screening.outlook)
    return screening.tracks & wanted or screening.tracks


def said_of(
    answers: Answers, screening: Screening, *, today: date, region_code: str = ""
) -> tuple[Message, ...]:
    """Say in plain words what is filed, with the clocks that run once the authority has it.

    Raise InputRefused where nothing can be filed (`tracks_for`).
    """
    tracks = tracks_for(answers, screening)
    said = []
    if answers.requests and Track.MEDIATION not in tracks:
        said.append(say("A complaint is not possible here, so this is filed as a report."))
    if Track.MEDIATION in tracks:
        said.append(_said_of_complaint(today, region_code))
    if Track.REPORT in tracks:
        said.append(_said_of_report(today, region_code))
    if tracks == BOTH:
        said.append(
            say(
                "They are handled apart, each under its own number. "
                "The merchant is told of the complaint, never of the report."
            )
        )
    return tuple(said)


def _said_of_complaint(today: date, region_code: str) -> Message:
    return say(
        "You file a complaint: the authority helps you and the merchant to agree. Within %(accept_count)s "
        "working days it decides whether to accept it; mediation then takes up to %(mediate_count)s days, "
        "testing not counted.",
        accept_count=clock_rule(Clock.ACCEPT, today, region_code=region_code).count,
        mediate_count=clock_rule(Clock.MEDIATE, today, region_code=region_code).count,
    )


def _said_of_report(today: date, region_code: str) -> Message:
    check = clock_rule(Clock.CHECK_REPORT, today, region_code=region_code)
    if not check.extension:
        return say(
            "You file a report: the authority looks into the breach. Within %(check_count)s working days "
            "it decides whether to open a case.",
            check_count=check.count,
        )
    return say(
        "You file a report: the authority looks into the breach. Within %(check_count)s working days it "
        "decides whether to open a case; that can be extended once by %(more_count)s.",
        check_count=check.count,
        more_count=check.extension,
    )


def _not_metrology(answers: Answers, today: date) -> Notice | None:
    if answers.concern in (None, Concern.QUANTITY):
        return None
    rule = rule_in_force(TOPIC, "statutory_channels", today)
    if answers.concern is Concern.OTHER:
        where = say(
            "Ask 12315 who is competent: on the national 12315 platform or by phone. "
            "Where you think a crime was committed, go to the police."
        )
    else:
        where = say(
            "Please take “%(concern)s” to 12315: on the national 12315 platform, by phone at 12315, "
            "by post or at the office's window.",
            concern=answers.concern,
        )
    return Notice(
        StopCode.NOT_METROLOGY,
        say(
            "This portal only deals with quantity: weight, volume, length, count and metered amounts. "
            "If something was short as well, choose that."
        ),
        where,
        rule.source,
        rule.source_en,
        rule.article,
        rule.article_en,
        BOTH,
    )


def _handled(answers: Answers, today: date) -> Notice | None:
    where = {
        Handled.BY_COURT: say("Please ask the court that has the case."),
        Handled.BY_ARBITRATION: say("Please ask the arbitration body that has the case."),
        Handled.BY_AUTHORITY: say(
            "Please ask the office that took it up. If you do not agree with its result, you can go to "
            "arbitration, if you agreed on it with the merchant, or to a court."
        ),
        Handled.BY_ASSOCIATION: say(
            "Please ask the consumer association that took it up. If that leads to nothing, you can go to "
            "arbitration, if you agreed on it with the merchant, or to a court."
        ),
    }
    if answers.handled not in where:
        return None
    sentence = say("The same dispute has been taken up already, so no second complaint can be made.")
    return _by_ground(
        StopCode.ALREADY_HANDLED, RefusalGround.ALREADY_HANDLED, sentence, where[answers.handled], today
    )


def _not_for_household(answers: Answers, today: date) -> Notice | None:
    ground = RefusalGround.NOT_CONSUMER_DISPUTE
    if answers.bought_for is BoughtFor.BUSINESS:
        sentence = say("A complaint is for what was bought for daily life, not for a business or for resale.")
        return _by_ground(StopCode.NOT_FOR_HOUSEHOLD, ground, sentence, _other_routes(), today)
    if answers.bought_for is BoughtFor.NOTHING_BOUGHT:
        sentence = say("Without a purchase there is no dispute between you and the merchant to settle.")
        where = say("You can report what you saw, here or at 12315.")
        return _by_ground(StopCode.NOTHING_BOUGHT, ground, sentence, where, today)
    return None


def _too_old(answers: Answers, today: date) -> Notice | None:
    known_on = answers.known_on or answers.bought_on
    if known_on is None or not _is_over_age(known_on, today):
        return None
    sentence = say(
        "You have known of this since %(known_on)s. A complaint is possible for %(years_no)s years.",
        known_on=known_on,
        years_no=clock_rule(Clock.CLAIM_AGE, today).count,
    )
    return _by_ground(
        StopCode.OVER_THREE_YEARS, RefusalGround.OVER_THREE_YEARS, sentence, _other_routes(), today
    )


def _is_over_age(known_on: date, today: date) -> bool:
    """Say whether the last day to complain has passed; the holiday calendar is asked only near it."""
    years = clock_rule(Clock.CLAIM_AGE, today).count
    age_days = (today - known_on).days
    if age_days < years * 365:
        return False
    if age_days > (years + 1) * 366:
        return True
    return today > due_on(Clock.CLAIM_AGE, known_on, received_on=today).due_on


def _other_routes() -> Message:
    """Name the routes of 消费者权益保护法 Art. 39 that need no authority."""
    return say("You can settle with the merchant, go to arbitration if you agreed on it, or go to a court.")


def _by_ground(
    code: StopCode, ground: RefusalGround, sentence: Message, where: Message, today: date
) -> Notice:
    text = ground_text(ground, today)
    return Notice(
        code,
        sentence,
        where,
        text.source,
        text.source_en,
        text.article,
        text.article_en,
        COMPLAINT_ONLY,
    )
