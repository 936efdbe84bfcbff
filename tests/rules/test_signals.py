"""What is shown to an officer about who files: each count one below, at and above what we chose."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from portal.rules.settings import setting
from portal.rules.signals import (
    OtherFiling,
    SignalFacts,
    SignalKind,
    normal_address,
    normal_phone,
    signals_in,
)

DAY = date(2026, 12, 1)


def other(count: int, name: str = "张三", days: int = 0, **shared: Any) -> OtherFiling:
    return OtherFiling(f"TS-{count}", name, DAY - timedelta(days=days), **shared)


def kinds(*others: OtherFiling, name: str | None = "张三") -> set[SignalKind]:
    return {signal.kind for signal in signals_in(SignalFacts(name, DAY, others))}


@pytest.mark.parametrize(
    ("share", "kind", "others_count"),
    [
        ("has_same_phone", SignalKind.SAME_PHONE, 1),
        ("has_same_address", SignalKind.SAME_ADDRESS, 2),
        ("has_same_id_number", SignalKind.SAME_ID_NUMBER, 1),
    ],
)
def test_other_names_with_the_same_phone_address_or_number(
    share: str, kind: SignalKind, others_count: int
) -> None:
    people = [other(count, f"李{count}", **{share: True}) for count in range(others_count + 1)]
    assert kind not in kinds(*people[: others_count - 1])
    assert kinds(*people[:others_count]) == {kind}
    assert kinds(*people) == {kind}


def test_one_name_twice_is_one_person_and_the_own_name_is_none() -> None:
    assert kinds(other(1, "李一", has_same_address=True), other(2, "李 一", has_same_address=True)) == set()
    assert kinds(other(1, " 张三 ", has_same_phone=True)) == set()


def test_without_anything_in_common_a_name_says_nothing() -> None:
    assert kinds(*(other(count, is_about_same_merchant=True) for count in range(20))) == set()


@pytest.mark.parametrize(
    ("more", "kind", "others_count"),
    [
        ({}, SignalKind.MANY_FILINGS, 4),
        ({"is_about_same_merchant": True}, SignalKind.MANY_ABOUT_MERCHANT, 2),
        ({"is_about_same_goods": True}, SignalKind.MANY_ABOUT_GOODS, 2),
    ],
)
def test_many_filings_of_one_person(more: dict[str, bool], kind: SignalKind, others_count: int) -> None:
    own = [other(count, has_same_phone=True, **more) for count in range(others_count + 1)]
    assert kind not in kinds(*own[: others_count - 1])
    assert kind in kinds(*own[:others_count])
    assert kind in kinds(*own)


@pytest.mark.parametrize(
    ("days", "is_seen"), [(89, True), (90, True), (91, False), (-90, True), (-91, False)]
)
def test_only_a_short_time_counts(days: int, is_seen: bool) -> None:
    own = [other(count, days=days, has_same_phone=True, is_about_same_goods=True) for count in range(2)]
    assert (SignalKind.MANY_ABOUT_GOODS in kinds(*own)) is is_seen


@pytest.mark.parametrize("name", [None, "", "  "])
def test_a_filing_without_a_name_gives_none(name: str | None) -> None:
    people = [other(n, f"李{n}", has_same_phone=True, has_same_id_number=True) for n in range(9)]
    assert kinds(*people, name=name) == set()
    assert kinds(*people) != set()


def test_a_nameless_filing_is_nobody_else() -> None:
    assert kinds(other(1, "", has_same_phone=True, has_same_id_number=True)) == set()


def test_the_newest_case_is_named_first() -> None:
    people = [other(n, f"李{n}", days=n, has_same_phone=True) for n in (3, 1, 2)]
    [signal] = signals_in(SignalFacts("张三", DAY, tuple(people)))
    assert signal.case_numbers == ("TS-1", "TS-2", "TS-3")


@pytest.mark.parametrize(
    "typed",
    ["13800000000", "138 0000 0000", "+86 138-0000-0000", "0086 13800000000", "１３８００００００００"],
)
def test_a_phone_is_the_same_however_it_is_typed(typed: str) -> None:
    assert normal_phone(typed) == "13800000000"


def test_a_landline_keeps_its_area_and_nothing_stays_nothing() -> None:
    assert normal_phone("0571-8700 0000") == "057187000000"
    assert (normal_phone(None), normal_phone("无"), normal_address("  ")) == ("", "", "")


def test_an_address_is_the_same_however_it_is_typed() -> None:
    assert normal_address("文二路 ２号，3幢") == normal_address("文二路2号3幢")


@pytest.mark.parametrize(
    "name",
    [
        *("signal_phone_names", "signal_address_names", "signal_window_days"),
        *("signal_filings_count", "signal_alike_filings_count"),
    ],
)
def test_the_numbers_are_marked_as_ours(name: str) -> None:
    assert setting(name, DAY).confidence == "A"
