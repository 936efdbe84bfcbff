"""Every engine answers exactly what going through all documents one by one answers."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from benchmarks.search import KIND, TODAY, Sample, query_mix, samples
from portal.search import analyzer
from portal.search.queries import SearchRequest, find

CLASSES = list(query_mix(list(samples(50, seed=7)), seed=7, each=1))


def holds(one: Sample, chunk: str) -> bool:
    """Say by regular expression whether a merchant holds a run of characters."""
    before = r"(?<![a-z0-9])" if chunk[0].isascii() else ""
    after = r"(?![a-z0-9])" if chunk[-1].isascii() else ""
    pattern = re.compile(before + re.escape(chunk) + after)
    if any(pattern.search(analyzer.fold(field)) for field in (one.name, one.place, one.text)):
        return True
    return chunk.isascii() and chunk.isalnum() and sounds(one, chunk)


def sounds(one: Sample, letters: str) -> bool:
    for reading in analyzer.readings(analyzer.fold(one.name)).split("/"):
        syllables = reading.split()
        for spoken in (syllables, [syllable[0] for syllable in syllables]):
            if any("".join(spoken[at:]).startswith(letters) for at in range(len(spoken))):
                return True
    return False


def passes(one: Sample, filters: dict[str, tuple[str, ...]]) -> bool:
    return all(set(values_of(one, name)) & set(values) for name, values in filters.items())


def values_of(one: Sample, name: str) -> list[str]:
    value = one.facets[name]
    return value if isinstance(value, list) else [value]


def brute_force(merchants: list[Sample], request: SearchRequest) -> list[Sample]:
    """Return what matches the words today, filters left out."""
    chunks = analyzer.fold(request.words).split()
    shown = [one for one in merchants if one.visible_until is None or one.visible_until >= TODAY]
    return [one for one in shown if all(holds(one, chunk) for chunk in chunks)]


def all_keys(request: SearchRequest) -> list[str]:
    """Return the keys of every page."""
    found: list[str] = []
    page = 1
    while keys := find(SearchRequest(**{**vars(request), "page": page, "per_page": 100})).keys:
        found += keys
        page += 1
    return found


@pytest.mark.parametrize("label", CLASSES)
@pytest.mark.usefixtures("filled")
def test_finds_all_that_matches_and_nothing_else(label: str, merchants: list[Sample]) -> None:
    for request in query_mix(merchants, seed=3, each=12)[label]:
        matching = brute_force(merchants, request)
        wanted = {one.key for one in matching if passes(one, dict(request.filters))}
        found = all_keys(request)
        assert len(found) == len(set(found))
        assert set(found) == wanted, request.words
        answer = find(request)
        assert (answer.total, answer.is_exact) == (len(wanted), True)


@pytest.mark.usefixtures("filled")
def test_a_facets_counts_leave_its_own_filter_out(merchants: list[Sample]) -> None:
    filters = {"region": ("330100", "330200"), "status": ("trust",), "sector": ("shop", "market")}
    request = SearchRequest(KIND, "店", filters=filters, today=TODAY)
    matching = brute_force(merchants, request)
    answer = find(request)
    for name in ("region", "status", "sector", "pledge"):
        others = {other: values for other, values in filters.items() if other != name}
        counts = Counter(v for one in matching if passes(one, others) for v in values_of(one, name))
        assert {count.value: count.count for count in answer.facets[name]} == dict(counts)


@pytest.mark.usefixtures("filled")
def test_excluded_values_are_taken_out_of_answer_and_counts(merchants: list[Sample]) -> None:
    answer = find(SearchRequest(KIND, "水果", excluded={"status": ("none", "watch")}, today=TODAY))
    wanted = [
        one
        for one in brute_force(merchants, SearchRequest(KIND, "水果", today=TODAY))
        if one.facets["status"] not in {"none", "watch"}
    ]
    assert answer.total == len(wanted) > 0
    assert {count.value for count in answer.facets["status"]} <= {"trust", "demonstration"}


@pytest.mark.usefixtures("filled")
def test_by_date_the_newest_comes_first(merchants: list[Sample]) -> None:
    dates = {one.key: one.facets["date"] for one in merchants}
    found = [dates[key] for key in all_keys(SearchRequest(KIND, "超市", sort="date", today=TODAY))]
    assert found == sorted(found, reverse=True)
    assert len(found) > 10


@pytest.mark.usefixtures("filled")
def test_by_name_they_come_as_they_are_read_aloud(merchants: list[Sample]) -> None:
    names = {one.key: one.name for one in merchants}
    found = [names[key] for key in all_keys(SearchRequest(KIND, "超市", sort="name", today=TODAY))]
    spoken = [analyzer.readings(analyzer.fold(name)) for name in found]
    assert spoken == sorted(spoken)
    assert len(found) > 10


@pytest.mark.usefixtures("filled")
def test_a_mistyped_name_is_among_the_suggestions(merchants: list[Sample]) -> None:
    shown = [one for one in merchants if one.visible_until is None and len(one.name) >= 7][:60]
    first = sum(
        one.name in find(SearchRequest(KIND, one.name[:3] + "囧" + one.name[4:], today=TODAY)).suggestions
        for one in shown
    )
    assert first >= 0.95 * len(shown)
