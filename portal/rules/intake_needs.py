"""What a filing needs of the person who files: Order 121 Art. 10 to 12 (投诉) and Art. 28 (举报)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.rules.book import rule_in_force
from portal.rules.complaint_terms import Track
from portal.rules.intake_terms import Detail, FiledAs
from portal.rules.messages import Message, say

TOPIC = "intake"


@dataclass(frozen=True)
class TrackNeed:
    """One thing a track needs, why it is asked, and the article; optional where not `is_required`."""

    detail: Detail
    track: Track
    is_required: bool
    sentence: Message
    source: str
    source_en: str
    article: str
    article_en: str


def needs_of(
    tracks: frozenset[Track], *, on: date, filed_as: FiledAs = FiledAs.SELF
) -> tuple[TrackNeed, ...]:
    """Return what the tracks need together; what both need is named once, for the stricter one."""
    needs: list[TrackNeed] = []
    if Track.MEDIATION in tracks:
        needs += _complaint_needs(on) + _standing_needs(on, filed_as)
    if Track.REPORT in tracks:
        held = {need.detail for need in needs}
        needs += [need for need in _report_needs(on) if need.detail not in held]
    return tuple(needs)


def is_anonymous_allowed(tracks: frozenset[Track]) -> bool:
    """Say whether the filing may be sent without saying who sends it: a 举报 alone may."""
    return Track.MEDIATION not in tracks


# Two complain together at least (Order 121 Art. 12); the most is the form's own bound against a slip.
LEAST_JOINT, MOST_JOINT = 2, 500


def most_representatives(on: date) -> int:
    """Return how many representatives a joint complaint may name (Order 121 Art. 12)."""
    return int(rule_in_force(TOPIC, "joint_complaint", on).values["most_representatives"])


def _complaint_needs(on: date) -> list[TrackNeed]:
    sentences = {
        Detail.RESPONDENT: say("The authority must know whom to invite: the merchant's name and address."),
        Detail.FACTS: say("Say what happened: when, where, what and how much."),
        Detail.REQUEST: say("A complaint needs a definite request to the merchant."),
        Detail.NAME: say("A complaint is made under your true name. The public never sees it."),
        Detail.PHONE: say("The officer calls you on this number."),
        Detail.ADDRESS: say("Letters about the complaint are sent to this address."),
    }
    return [
        _need(detail, Track.MEDIATION, sentence, "complaint_material", on)
        for detail, sentence in sentences.items()
    ]


def _standing_needs(on: date, filed_as: FiledAs) -> list[TrackNeed]:
    if filed_as is FiledAs.PROXY:
        sentences = {
            Detail.POWER_OF_ATTORNEY: say(
                "The original power of attorney: it states the matter, the powers and the term, "
                "and is signed."
            ),
            Detail.PROXY_MATTER: say("Please write for which matter the power of attorney is given."),
            Detail.PROXY_POWER: say("Please write what the proxy may do, for example agree to a settlement."),
            Detail.PROXY_TERM: say("Please write how long the power of attorney holds."),
            Detail.PROXY_IDENTITY: say("The proxy shows who he or she is."),
        }
        return [
            _need(detail, Track.MEDIATION, sentence, "proxy", on) for detail, sentence in sentences.items()
        ]
    if filed_as is FiledAs.JOINT:
        sentence = say(
            "People with the same dispute can complain together and may name up to %(most_count)s "
            "representatives.",
            most_count=most_representatives(on),
        )
        return [
            _need(Detail.REPRESENTATIVES, Track.MEDIATION, sentence, "joint_complaint", on, is_required=False)
        ]
    return []


def _report_needs(on: date) -> list[TrackNeed]:
    required = {
        Detail.CLUE: say("A report needs a definite clue: who does what, where, and since when."),
        Detail.FACTS: say("Say what happened: when, where, what and how much."),
    }
    optional = {
        Detail.NAME: say("You need not give your name. The merchant never learns who reported."),
        Detail.PHONE: say("Only if you want to be called. Without it the receipt code keeps us in touch."),
        Detail.ADDRESS: say("Not needed for a report."),
    }
    return [
        *(_need(detail, Track.REPORT, said, "report_material", on) for detail, said in required.items()),
        *(
            _need(detail, Track.REPORT, said, "report_material", on, is_required=False)
            for detail, said in optional.items()
        ),
    ]


def _need(
    detail: Detail, track: Track, sentence: Message, rule_id: str, on: date, *, is_required: bool = True
) -> TrackNeed:
    rule = rule_in_force(TOPIC, rule_id, on)
    return TrackNeed(
        detail,
        track,
        is_required,
        sentence,
        rule.source,
        rule.source_en,
        rule.article,
        rule.article_en,
    )
