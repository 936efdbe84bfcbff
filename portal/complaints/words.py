"""The closed lists of a case, from what a filer may ask for to what is said after the end."""

from __future__ import annotations

import enum

from flask_babel import lazy_gettext as _l

from portal.base.labels import add_labels


class Request(str, enum.Enum):
    """What a complainant may ask for: the seven of official form 1 (投诉登记表, 2026-04)."""

    MAKE_UP_QUANTITY = "make_up_quantity"
    REFUND = "refund_price"
    RETURN = "return_goods"
    EXCHANGE = "exchange"
    COMPENSATION = "compensate_loss"
    REPAIR = "repair"
    REDO = "redo"


class RequestState(str, enum.Enum):
    """How a question to the filer stands."""

    OPEN = "request_open"
    ANSWERED = "request_answered"
    LAPSED = "request_lapsed"
    NOT_NEEDED = "request_not_needed"


class SurveyTopic(str, enum.Enum):
    """What a reason given after the end is about."""

    OUTCOME = "topic_outcome"
    FACTS = "topic_facts"
    TIME = "topic_time"
    TREATMENT = "topic_treatment"


class SurveyReason(str, enum.Enum):
    """Why somebody is satisfied with how a case ended, or is not."""

    FAIR = "fair_outcome"
    MADE_GOOD = "loss_made_good"
    LOOKED_INTO = "facts_looked_into"
    QUICK = "was_quick"
    KEPT_INFORMED = "kept_informed"
    KIND = "kind_and_clear"
    TOO_LITTLE = "outcome_too_little"
    NOT_CARRIED_OUT = "not_carried_out"
    NOT_LOOKED_INTO = "facts_not_looked_into"
    WRONG_FACTS = "facts_wrong"
    NEW_EVIDENCE = "new_evidence"
    HAPPENED_AGAIN = "happened_again"
    TOO_SLOW = "too_slow"
    NO_NEWS = "no_news"
    NOT_HEARD = "not_heard"
    PRESSED = "pressed_to_agree"
    UNCLEAR = "unclear_words"


class KnownFact(str, enum.Enum):
    """What the person who filed knows; an officer asks for some of it before giving a new code."""

    GOODS = "fact_goods"
    DAY_AND_TIME = "fact_day_and_time"
    AMOUNT_PAID = "fact_amount_paid"
    UNIT_PRICE = "fact_unit_price"
    SETTLED_WEIGHT = "fact_settled_weight"
    REWEIGHED = "fact_reweighed"
    NARRATIVE = "fact_narrative"
    EVIDENCE = "fact_evidence"
    REQUESTS = "fact_requests"
    FILED_AT = "fact_filed_at"
    CONTACT = "fact_contact"


add_labels(
    (
        (Request.MAKE_UP_QUANTITY, _l("Make up the quantity")),
        (Request.REFUND, _l("Refund the price")),
        (Request.RETURN, _l("Take the goods back")),
        (Request.EXCHANGE, _l("Exchange the goods")),
        (Request.COMPENSATION, _l("Compensate the loss")),
        (Request.REPAIR, _l("Repair")),
        (Request.REDO, _l("Do it again")),
        (RequestState.OPEN, _l("Waiting for your answer")),
        (RequestState.ANSWERED, _l("Answered")),
        (RequestState.LAPSED, _l("Not answered in time")),
        (RequestState.NOT_NEEDED, _l("No longer needed")),
        (SurveyTopic.OUTCOME, _l("The result")),
        (SurveyTopic.FACTS, _l("The facts")),
        (SurveyTopic.TIME, _l("Time and news")),
        (SurveyTopic.TREATMENT, _l("How you were treated")),
        (SurveyReason.FAIR, _l("The result is fair")),
        (SurveyReason.MADE_GOOD, _l("My loss was made good")),
        (SurveyReason.LOOKED_INTO, _l("The facts were looked into properly")),
        (SurveyReason.QUICK, _l("It went quickly")),
        (SurveyReason.KEPT_INFORMED, _l("I always knew where it stood")),
        (SurveyReason.KIND, _l("People were kind and spoke clearly")),
        (SurveyReason.TOO_LITTLE, _l("I got too little")),
        (SurveyReason.NOT_CARRIED_OUT, _l("What was promised was not done")),
        (SurveyReason.NOT_LOOKED_INTO, _l("Nobody looked into the facts")),
        (SurveyReason.WRONG_FACTS, _l("The facts were taken down wrongly")),
        (SurveyReason.NEW_EVIDENCE, _l("I have new evidence")),
        (SurveyReason.HAPPENED_AGAIN, _l("The same has happened again")),
        (SurveyReason.TOO_SLOW, _l("It took too long")),
        (SurveyReason.NO_NEWS, _l("I did not know where it stood")),
        (SurveyReason.NOT_HEARD, _l("I was not heard")),
        (SurveyReason.PRESSED, _l("I was pressed to agree or to withdraw")),
        (SurveyReason.UNCLEAR, _l("I did not understand what was said or written")),
        (KnownFact.GOODS, _l("What was bought")),
        (KnownFact.DAY_AND_TIME, _l("The day and time of the purchase")),
        (KnownFact.AMOUNT_PAID, _l("The amount paid")),
        (KnownFact.UNIT_PRICE, _l("The unit price")),
        (KnownFact.SETTLED_WEIGHT, _l("The weight that was paid for")),
        (KnownFact.REWEIGHED, _l("The weight found afterwards")),
        (KnownFact.NARRATIVE, _l("Something that stands in the account of what happened")),
        (KnownFact.EVIDENCE, _l("What the photos or papers sent show")),
        (KnownFact.REQUESTS, _l("What was asked for")),
        (KnownFact.FILED_AT, _l("When it was filed, to the hour")),
        (KnownFact.CONTACT, _l("The phone, address or e-mail given when filing")),
    )
)
