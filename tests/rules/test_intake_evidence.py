"""The guide to evidence and its meter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.intake import completeness, evidence_guide
from portal.rules.intake_terms import EvidenceSlot, PurchaseKind

SLOTS = st.frozensets(st.sampled_from(list(EvidenceSlot)))
KINDS = st.sampled_from(list(PurchaseKind))


@pytest.mark.parametrize("kind", list(PurchaseKind))
def test_a_guide_names_each_slot_once_and_anything_else_last(kind: PurchaseKind) -> None:
    slots = [line.slot for line in evidence_guide(kind)]
    assert len(slots) == len(set(slots))
    assert slots[-1] is EvidenceSlot.OTHER
    assert not evidence_guide(kind)[-1].is_wanted
    assert len({line.sentence.text for line in evidence_guide(kind)}) == len(slots)


@pytest.mark.parametrize(
    ("kind", "present", "done", "wanted", "missing"),
    [
        (PurchaseKind.RETAIL, [], 0, 5, list(EvidenceSlot)[:5]),
        (PurchaseKind.RETAIL, [EvidenceSlot.GOODS, EvidenceSlot.GOODS], 1, 5, None),
        (PurchaseKind.RETAIL, list(EvidenceSlot), 5, 5, []),
        (PurchaseKind.RETAIL, [EvidenceSlot.OTHER], 0, 5, None),
        (PurchaseKind.FUEL, [EvidenceSlot.SCALE_DISPLAY, EvidenceSlot.REWEIGH], 1, 3, None),
        (PurchaseKind.METER, [EvidenceSlot.SCALE_DISPLAY], 1, 2, [EvidenceSlot.RECEIPT]),
        (PurchaseKind.INSTRUMENT, [EvidenceSlot.RECEIPT], 0, 2, None),
    ],
)
def test_the_meter_counts_what_is_wanted(
    kind: PurchaseKind,
    present: list[EvidenceSlot],
    done: int,
    wanted: int,
    missing: list[EvidenceSlot] | None,
) -> None:
    found = completeness(kind, present)
    assert (found.count_done, found.count_wanted) == (done, wanted)
    assert found.is_complete is (done == wanted)
    if missing is not None:
        assert set(found.missing) == set(missing)


@given(KINDS, SLOTS, SLOTS)
def test_more_evidence_never_counts_for_less(
    kind: PurchaseKind, some: frozenset[EvidenceSlot], more: frozenset[EvidenceSlot]
) -> None:
    before, after = completeness(kind, some), completeness(kind, some | more)
    assert before.count_done <= after.count_done <= after.count_wanted
    assert after.count_done + len(after.missing) == after.count_wanted
