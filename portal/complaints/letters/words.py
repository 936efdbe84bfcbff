"""What a filer is written about each move of each track, and which moves are passed over in silence.

A test asks that every row of the table of moves is in one of the two lists. What a reporter may not
learn of is no question of words: `reading.HIDDEN_FROM_REPORTER` decides it.
"""

from __future__ import annotations

from datetime import date

from portal.rules.complaint_flow import MoveName, Track
from portal.rules.messages import Message, say

M, R = Track.MEDIATION, Track.REPORT

# The move None is the filing itself.
Told = tuple[Track, MoveName | None]

SUBJECT = say("Full Measure: there is news of what you sent us")

HAPPENED: dict[Told, Message] = {
    (M, None): say(
        "We keep what you sent. Your receipt code was shown to you when you sent it; please keep it well."
    ),
    (M, MoveName.REGISTER): say("The authority has registered your complaint."),
    (M, MoveName.TRANSFER): say("Your complaint was passed to another office, which goes on with it."),
    (M, MoveName.ACCEPT): say("The office has accepted your complaint."),
    (M, MoveName.REFUSE): say("The office has not accepted your complaint."),
    (M, MoveName.ASK_PARTY): say("The office asks you for more material."),
    (M, MoveName.REPLY): say("The merchant has replied. You can read the reply in your case."),
    (M, MoveName.BEGIN_MEDIATION): say("Both sides agreed to mediation, and it has begun."),
    (M, MoveName.RECORD_FINDING): say("The office has recorded what it measured."),
    (M, MoveName.START_TESTING): say("The office has sent something for testing."),
    (M, MoveName.END_TESTING): say("Testing is over, and mediation goes on."),
    (M, MoveName.OFFER): say(
        "The merchant has made an offer. Please read it in your case and say whether you agree."
    ),
    (M, MoveName.PROPOSE): say(
        "The office has proposed a settlement. Please read it in your case and say whether you agree."
    ),
    (M, MoveName.ACCEPT_OFFER): say("You agreed to the offer."),
    (M, MoveName.SETTLE): say("Both sides agreed, and the office has recorded the settlement."),
    (M, MoveName.END_MEDIATION): say("The office has decided to end mediation."),
    (M, MoveName.TELL_PARTIES): say("The office tells both sides that mediation is over."),
    (M, MoveName.WITHDRAW): say("Your complaint was withdrawn. If you did not want this, please call 12315."),
    (M, MoveName.REPORT_PAID): say(
        "The merchant says that it has paid. Please look whether the money came, and say so in your case."
    ),
    (M, MoveName.CONFIRM_PERFORMED): say("The settlement was carried out, and the case is closed."),
    (M, MoveName.PRESUME_PERFORMED): say(
        "The time to say that no money came is over. The money counts as received, and the case is closed."
    ),
    (M, MoveName.CLOSE_UNPERFORMED): say(
        "The merchant did not carry out the settlement, and the case is closed here."
    ),
    (M, MoveName.REOPEN): say("The office takes up your complaint again."),
    (R, None): say(
        "We keep what you sent. Your receipt code was shown to you when you sent it; please keep it well."
    ),
    (R, MoveName.REGISTER): say("The authority has registered your report."),
    (R, MoveName.REGISTER_CLUE): say("The authority has registered your report."),
    (R, MoveName.TRANSFER): say("Your report was passed to another office, which goes on with it."),
    (R, MoveName.WITHDRAW): say("Your report was withdrawn. If you did not want this, please call 12315."),
    (R, MoveName.BEGIN_CHECK): say("The authority has begun to verify your report."),
    (R, MoveName.ASK_PARTY): say("The office asks you for more material."),
    (R, MoveName.NOT_COMPETENT): say("This authority has no power in the matter of your report."),
    (R, MoveName.MERGE): say("There is news of your report. You can read it in your case."),
    (R, MoveName.TELL_REPORTER): say(
        "The authority has answered whether it opens a case on your report, as the rule says."
    ),
    (R, MoveName.REOPEN): say("The authority takes up your report again."),
}

SILENT: frozenset[Told] = frozenset(
    {
        # The filer's own steps, seen on the page in the same moment.
        (M, MoveName.ADD_MATERIAL),
        (M, MoveName.DECLINE_OFFER),
        (M, MoveName.DENY_RECEIPT),
        (R, MoveName.ADD_MATERIAL),
        # A question to the other side; its answer is told.
        (M, MoveName.ASK_MERCHANT),
        # The office's own note of which merchant on the register is meant.
        (M, MoveName.NAME_MERCHANT),
        (R, MoveName.NAME_MERCHANT),
        # A reporter is told the result where a rule says so, and no step on the way (Art. 36).
        (R, MoveName.RECORD_FINDING),
        (R, MoveName.START_TESTING),
        (R, MoveName.END_TESTING),
        (R, MoveName.EXTEND_CHECK),
        (R, MoveName.OPEN_CASE),
        (R, MoveName.DO_NOT_OPEN),
        (R, MoveName.GIVE_PENALTY_NOTICE),
        (R, MoveName.EXTEND_CASE),
        (R, MoveName.CONTINUE_CASE),
        (R, MoveName.DECIDE_CASE),
        # That somebody else reported the same is nobody's business.
        (R, MoveName.TAKE_IN),
    }
)

# The first sentence is all: the page alone says how much of it may be known.
BRIEF: frozenset[Told] = frozenset({(R, MoveName.MERGE)})
# Told though the state is hidden: what the filer must do, what a rule orders to be told, what says nothing.
TOLD_IN_EVERY_STATE: frozenset[Told] = BRIEF | {(R, MoveName.ASK_PARTY), (R, MoveName.TELL_REPORTER)}

COURT = say(
    "If you do not agree with the result, you can go to court, or to arbitration where you and the merchant "
    "have agreed on it."
)

REGISTER_IT = say(
    "Register it with the authority: call 12315 or use the national 12315 platform, and quote the number "
    "above. Until then no legal clock runs."
)
OWN_PERIOD = say("a period set here, not by law")
PROVISIONAL = say("(provisional: the holiday notice for that year is not out yet)")
PAUSED = say("stands still while something is being tested")
LEFT_OUT = say("[left out here]")
ANSWER_ADDRESS = say("[here stands the address of this one question]")
BY_A_MACHINE = say(
    "This letter was written by a machine because you left your address with us. Please do not reply to it. "
    "We never ask for your receipt code by letter or by telephone."
)


def about(track: Track, number: str) -> Message:
    """Return the opening line."""
    if track is M:
        return say("About your complaint, number %(number)s:", number=number)
    return say("About your report, number %(number)s:", number=number)


def silence_on_payment(due_on: date) -> Message:
    """Say what silence means after the merchant reported a payment."""
    return say("If you say nothing by %(due_on)s, the money counts as received.", due_on=due_on)


def is_written(track: Track, move: MoveName | None) -> bool:
    """Say whether a filer may be written about a move at all."""
    return (track, move) in HAPPENED
