"""The search over a snapshot: set arithmetic on postings, long terms confirmed on the text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from portal.search import analyzer
from portal.search.analyzer import Term
from portal.search.bitmaps import bitmap_of, members, most_shared, page_of
from portal.search.engine import Hits, Question, ReadTexts
from portal.search.filing import facet_token
from portal.search.snapshot import Snapshot

FIELDS = ("name", "place", "text")
NO_TEXTS = ("", "", "")


def search(snapshot: Snapshot, question: Question, read_texts: ReadTexts) -> Hits:
    """Answer a question: a page in order, the exact total, counts beside each filter value."""
    pool = snapshot.visible(question.day) & snapshot.bitmap("facet", question.kind)
    for name, values in question.excluded.items():
        pool &= ~_any_of(snapshot, question.kind, name, values)
    matched = _match(snapshot, question.terms, pool, read_texts)
    for by_field in matched:
        pool &= by_field[0] | by_field[1] | by_field[2]
    chosen = {name: _any_of(snapshot, question.kind, name, v) for name, v in question.filters.items() if v}
    hits = pool
    for bitmap in chosen.values():
        hits &= bitmap
    numbers = _page(snapshot, question, hits, matched)
    return Hits(
        sequences=[snapshot.sequences[number] for number in numbers],
        total=hits.bit_count(),
        facets=_counts(snapshot, question.kind, pool, chosen),
    )


def _any_of(snapshot: Snapshot, kind: str, name: str, values: Iterable[str]) -> int:
    found = 0
    for value in values:
        found |= snapshot.bitmap("facet", facet_token(kind, name, value))
    return found


def _counts(
    snapshot: Snapshot, kind: str, pool: int, chosen: dict[str, int]
) -> dict[str, list[tuple[str, int]]]:
    """Count each facet's values among what all other filters let through."""
    counts = {}
    for name, values in snapshot.facet_values(kind).items():
        among = pool
        for other, bitmap in chosen.items():
            if other != name:
                among &= bitmap
        counted = [(value, (among & bitmap).bit_count()) for value, bitmap in values]
        counts[name] = sorted((c for c in counted if c[1]), key=lambda c: (-c[1], c[0]))
    return counts


def _match(snapshot: Snapshot, terms: Sequence[Term], pool: int, read_texts: ReadTexts) -> list[list[int]]:
    """Return for each term the documents that hold it in their name, place and text."""
    candidates = [_candidates(snapshot, term) for term in terms]
    sounds = [_sounds(snapshot, term.sound) for term in terms]
    for by_field, sound in zip(candidates, sounds, strict=True):
        pool &= by_field[0] | by_field[1] | by_field[2] | sound
    matched = []
    for term, by_field, sound in zip(terms, candidates, sounds, strict=True):
        held = [bitmap & pool for bitmap in by_field]
        if not term.is_exact:
            held = _confirmed(snapshot, term, held, read_texts)
        if sound:
            held[0] |= _confirmed_sound(snapshot, term.sound, sound & pool & ~held[0])
        matched.append(held)
    return matched


def _candidates(snapshot: Snapshot, term: Term) -> list[int]:
    found = []
    for field in FIELDS:
        bitmap = -1
        for piece in term.pieces:
            bitmap &= _holding(snapshot, field, piece)
        found.append(bitmap)
    return found


def _holding(snapshot: Snapshot, field: str, piece: str) -> int:
    if len(piece) == 1 and analyzer.is_han(piece):
        return snapshot.starting(field, piece)
    if not analyzer.is_han(piece):
        return snapshot.bitmap(field, piece)
    bitmap = -1
    for at in range(len(piece) - 1):
        bitmap &= snapshot.bitmap(field, piece[at : at + 2])
    return bitmap


def _confirmed(snapshot: Snapshot, term: Term, held: list[int], read_texts: ReadTexts) -> list[int]:
    """Keep the documents whose text really holds the term in one piece."""
    sequences = snapshot.sequences
    texts = read_texts([sequences[number] for number in members(held[0] | held[1] | held[2])])
    is_han = analyzer.is_han(term.text[0]) and analyzer.is_han(term.text[-1])
    kept = []
    for at, bitmap in enumerate(held):
        found = [n for n in members(bitmap) if term.text in texts.get(sequences[n], NO_TEXTS)[at]]
        if not is_han:
            found = [n for n in found if analyzer.holds(texts[sequences[n]][at], term.text)]
        kept.append(bitmap_of(found, snapshot.size))
    return kept


def _sounds(snapshot: Snapshot, letters: str) -> int:
    if not letters:
        return 0
    bitmap = -1
    for token in analyzer.sound_query(letters):
        bitmap &= snapshot.bitmap("sound", token)
    return bitmap


def _confirmed_sound(snapshot: Snapshot, letters: str, candidates: int) -> int:
    if len(letters) <= 3:
        return candidates
    start = " " + letters
    found = (number for number in members(candidates) if start in snapshot.spoken(number))
    return bitmap_of(found, snapshot.size)


def _page(snapshot: Snapshot, question: Question, hits: int, matched: list[list[int]]) -> list[int]:
    if question.sort == "date":
        return page_of([hits], snapshot.by_date, question.offset, question.limit)
    if question.sort == "name" or not matched:
        return page_of([hits], snapshot.by_name, question.offset, question.limit)
    tiers = _tiers(snapshot, question, hits, matched)
    return page_of(tiers, snapshot.by_relevance, question.offset, question.limit)


def _tiers(snapshot: Snapshot, question: Question, hits: int, matched: list[list[int]]) -> list[int]:
    """Part the hits: the very name, names that begin so, names, places, the rest."""
    in_name = in_place = hits
    for by_field in matched:
        in_name &= by_field[0]
        in_place &= by_field[0] | by_field[1]
    very = snapshot.bitmap("name", "=" + question.words)
    wanted = [very, in_name & _beginning(snapshot, question.terms[0]), in_name, in_place, hits]
    tiers, taken = [], 0
    for bitmap in wanted:
        tiers.append(hits & bitmap & ~taken)
        taken |= bitmap
    return tiers


def _beginning(snapshot: Snapshot, term: Term) -> int:
    head = term.pieces[0]
    if analyzer.is_han(head):
        found = (
            snapshot.starting("name", "^" + head)
            if len(head) == 1
            else snapshot.bitmap("name", "^" + head[:2])
        )
    else:
        found = snapshot.bitmap("name", "^" + head)
    return found | (snapshot.bitmap("sound", "<" + term.sound[:3]) if term.sound else 0)


def nearest(snapshot: Snapshot, kind: str, words: str, day: int, limit: int) -> list[int]:
    """Return documents whose names share most pairs (or letters, three at a time) with the words."""
    pool = snapshot.visible(day) & snapshot.bitmap("facet", kind)
    wanted = [("name", token) for token in analyzer.tokens(words)]
    wanted += [("sound", token) for token in analyzer.letter_tokens(words)]
    tiers = most_shared([pool & snapshot.bitmap(field, token) for field, token in wanted])
    numbers = page_of(tiers, snapshot.by_relevance, 0, limit)
    return [snapshot.sequences[number] for number in numbers]
