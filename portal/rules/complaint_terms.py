"""The words of the two tracks: states, moves, actors, what a move needs, grounds.

投诉 (mediation of one's own dispute) and 举报 (a report of a breach) are two things under
Order 121, Art. 9; nothing here lets one track name the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from portal.rules.clocks import Clock

ORDER_121_FROM = date(2026, 4, 15)  # Order 121, Art. 46


class Track(str, Enum):
    """What a case asks of the authority."""

    MEDIATION = "mediation"  # 投诉
    REPORT = "report"  # 举报


class State(str, Enum):
    """Where a case stands; both tracks draw from this list."""

    FILED = "filed"  # 未向主管部门登记: no legal clock
    RECEIVED = "received"
    ACCEPTED = "accepted"
    MEDIATING = "mediating"
    TESTING = "testing"
    SETTLED = "settled"
    ENDING = "ending"  # decided to end, both sides still to be told
    CLOSED = "closed"
    NOT_PERFORMED = "not_performed"
    ENDED = "ended"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CHECKING = "checking"
    CHECK_EXTENDED = "check_extended"
    EXTENDED_TESTING = "extended_testing"
    OPENED = "opened"
    CASE_TESTING = "case_testing"
    CASE_EXTENDED = "case_extended"
    DECIDED = "decided"
    NOT_OPENED = "not_opened"
    NOT_COMPETENT = "not_competent"
    MERGED = "merged"


class Actor(str, Enum):
    """Who makes a move."""

    COMPLAINANT = "complainant"
    MERCHANT = "merchant"
    INTAKE_CLERK = "intake_clerk"
    OFFICER = "officer"
    LEADER = "leader"
    SYSTEM = "system"


class Need(str, Enum):
    """What must be at hand before a move is made."""

    OFFICIAL_NUMBER = "official_number"
    OFFICE = "office"
    GROUND = "ground"
    FINDING = "finding"
    AMOUNT = "amount"
    OFFER = "offer"
    BOTH_CONSENT = "both_consent"
    APPROVAL = "approval"  # the head of the office has decided
    OTHER_CASE = "other_case"
    MERCHANT = "merchant_named"
    TIME_UP = "time_up"
    REASON = "reason"


class MoveName(str, Enum):
    """Everything that can be done to a case."""

    REGISTER = "register"
    REGISTER_CLUE = "register_clue"
    NAME_MERCHANT = "name_merchant"
    TRANSFER = "transfer"
    ASK_PARTY = "ask_party"
    ADD_MATERIAL = "add_material"
    ASK_MERCHANT = "ask_merchant"
    REPLY = "reply"
    ACCEPT = "accept"
    REFUSE = "refuse"
    BEGIN_MEDIATION = "begin_mediation"
    START_TESTING = "start_testing"
    END_TESTING = "end_testing"
    RECORD_FINDING = "record_finding"
    OFFER = "make_offer"
    PROPOSE = "propose"
    ACCEPT_OFFER = "accept_offer"
    DECLINE_OFFER = "decline_offer"
    SETTLE = "settle"
    END_MEDIATION = "end_mediation"
    TELL_PARTIES = "tell_parties"
    WITHDRAW = "withdraw"
    REPORT_PAID = "report_paid"
    DENY_RECEIPT = "deny_receipt"
    CONFIRM_PERFORMED = "confirm_performed"
    PRESUME_PERFORMED = "presume_performed"
    CLOSE_UNPERFORMED = "close_unperformed"
    REOPEN = "reopen"
    BEGIN_CHECK = "begin_check"
    NOT_COMPETENT = "say_not_competent"
    MERGE = "merge"
    TAKE_IN = "take_in"
    EXTEND_CHECK = "extend_check"
    OPEN_CASE = "open_case"
    DO_NOT_OPEN = "do_not_open"
    GIVE_PENALTY_NOTICE = "give_penalty_notice"
    EXTEND_CASE = "extend_case"
    CONTINUE_CASE = "continue_case"
    DECIDE_CASE = "decide_case"
    TELL_REPORTER = "tell_reporter"


class RefusalGround(str, Enum):
    """Why a complaint is not accepted: Order 121 Art. 16, Order 20 Art. 15."""

    NOT_COMPETENT = "ground_not_competent"
    ALREADY_HANDLED = "already_handled"
    NOT_CONSUMER_DISPUTE = "not_consumer_dispute"
    OVER_THREE_YEARS = "over_three_years"
    MATERIAL_MISSING = "material_missing"
    MATERIAL_MISSING_OR_FALSE = "material_missing_or_false"
    IDENTITY_NOT_TRUE = "identity_not_true"
    OTHER = "other_refusal"


class EndingGround(str, Enum):
    """Why mediation ends: Order 121 Art. 23, Order 20 Art. 21."""

    WITHDRAWN_OR_SETTLED = "withdrawn_or_settled"
    ABSENT_OR_REFUSED = "absent_or_refused"
    NO_AGREEMENT = "no_agreement"
    TEST_COST = "test_cost"
    TEST_BODY_OR_COST = "test_body_or_cost"
    TIME_UP = "time_for_mediation_up"
    REFUSAL_GROUND_FOUND = "refusal_ground_found"
    PARTY_GONE = "party_gone"
    OTHER = "other_ending"


@dataclass(frozen=True)
class Move:
    """One row of the table of moves.

    `to_state` None keeps the state. Clocks in `starts` count from the day of the move, or from
    receipt where `from_receipt`. `article` is empty where the move is ours and no law names it;
    `article_before` holds for cases received before Order 121. A move with `revives` takes up a
    finished case again. `ground` is the ending ground that the move itself implies.
    """

    name: MoveName
    track: Track
    from_states: tuple[State, ...]
    to_state: State | None
    actors: frozenset[Actor]
    needs: frozenset[Need] = frozenset()
    starts: tuple[Clock, ...] = ()
    stops: tuple[Clock, ...] = ()
    pauses: tuple[Clock, ...] = ()
    resumes: tuple[Clock, ...] = ()
    extends: tuple[Clock, ...] = ()
    article: str = ""
    article_en: str = ""
    article_before: str = ""
    article_before_en: str = ""
    effective_from: date | None = None
    effective_to: date | None = None
    from_receipt: bool = False
    revives: bool = False
    ground: EndingGround | None = None
