"""Keeping a step: what must not be kept as it was typed is turned into what may be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.base import crypto
from portal.complaints.following.recovering import hash_phrase
from portal.rules.errors import FieldsRefused
from portal.rules.identity_numbers import last_four, read_identity_number
from portal.rules.intake_terms import Step
from portal.rules.typed import Tries

ID_NUMBER = "id-number"
# What the "who" step keeps in place of what was typed.
KEPT_INSTEAD = ("id_number_hash", "id_number_last_four", "recovery_hash")


def keep_typed(
    typed: Mapping[str, Any], before: Mapping[str, Any], step: Step, *, today: date
) -> dict[str, Any]:
    """Return what may be kept of a step; FieldsRefused where an ID number or a phrase cannot be used.

    Of an ID number only its keyed hash and last four signs are kept, of a recovery phrase its hash.
    A field left empty keeps what was given before; "-" takes it out.
    """
    if step is not Step.WHO:
        return dict(typed)
    kept = {name: value for name, value in typed.items() if name not in {"id_number", "recovery_phrase"}}
    kept |= {name: before[name] for name in KEPT_INSTEAD if before.get(name)}
    tries = Tries()
    number, phrase = (typed.get("id_number") or "").strip(), (typed.get("recovery_phrase") or "").strip()
    if number == "-":
        kept |= {"id_number_hash": "", "id_number_last_four": ""}
    elif number:
        read = tries.read("id_number", read_identity_number, number, today=today)
        kept |= {
            "id_number_hash": crypto.keyed_hash(ID_NUMBER, read) if read else "",
            "id_number_last_four": last_four(read) if read else "",
        }
    if phrase == "-":
        kept["recovery_hash"] = ""
    elif phrase:
        kept["recovery_hash"] = tries.read("recovery_phrase", hash_phrase, phrase) or ""
    if tries.errors:
        raise FieldsRefused(tries.errors)
    return kept
