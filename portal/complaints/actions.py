"""Actions: the verbs of complaints, split by what they do; import them from here."""

from portal.complaints.assigning import assign, merge_reports, name_merchant, take, transfer
from portal.complaints.closing import note_silence
from portal.complaints.deciding import (
    accept_offer,
    claim_of,
    confirm_performed,
    decline_offer,
    deny_receipt,
    is_receipt_presumed,
    offered_fen,
    owed_in,
    presume_performed,
    record_finding,
    report_paid,
    require_merchant,
    settle,
    terms_in,
)
from portal.complaints.filing import FilingData, case_number, file_complaint, receipt_hash
from portal.complaints.moving import clocks_of, move, open_moves, refresh_clock, write_message

__all__ = [
    "FilingData",
    "accept_offer",
    "assign",
    "case_number",
    "claim_of",
    "clocks_of",
    "confirm_performed",
    "decline_offer",
    "deny_receipt",
    "file_complaint",
    "is_receipt_presumed",
    "merge_reports",
    "move",
    "name_merchant",
    "note_silence",
    "offered_fen",
    "open_moves",
    "owed_in",
    "presume_performed",
    "receipt_hash",
    "record_finding",
    "refresh_clock",
    "report_paid",
    "require_merchant",
    "settle",
    "take",
    "terms_in",
    "transfer",
    "write_message",
]
