"""The Merkle tree of RFC 6962, section 2.1: hashes, roots and proofs, without a database.

A tree is read through `node(level, position)`, the hash over the complete subtree of
`2 ** level` leaves that begins at leaf `position * 2 ** level`. Complete subtrees never
change once their last leaf is there, so whoever stores them answers every question below
with a handful of reads. Sizes and indexes count leaves from 0.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

Node = Callable[[int, int], bytes]

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of one log entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def inner_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees side by side."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(size: int, node: Node) -> bytes:
    """Return the root of the tree over the first `size` leaves."""
    return _range_hash(0, size, node) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """Return the hashes that lead from a leaf to the root, lowest first; ValueError outside the tree."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    return _path(index, 0, size, node)


def consistency_proof(old_size: int, new_size: int, node: Node) -> list[bytes]:
    """Return the hashes that show an older tree to be the beginning of a newer one."""
    if not 0 <= old_size <= new_size:
        raise ValueError(f"a tree of {old_size} cannot be the beginning of one of {new_size}")
    if old_size in (0, new_size):
        return []
    return _subproof(old_size, 0, new_size, node, is_whole=True)


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root_hash: bytes) -> bool:
    """Say whether a proof leads from a leaf hash to a root (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, current = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            current = inner_hash(sibling, current)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            current = inner_hash(current, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and current == root_hash


def is_consistent(
    old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """Say whether a proof shows the old tree to begin the new one (RFC 9162, section 2.1.4.2)."""
    if not 0 <= old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    return _leads_to_both(old_size, new_size, list(proof), old_root, new_root)


def _leads_to_both(old_size: int, new_size: int, path: list[bytes], old_root: bytes, new_root: bytes) -> bool:
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old, new = inner_hash(sibling, old), inner_hash(sibling, new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new = inner_hash(new, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def new_nodes(index: int, leaf: bytes, node: Node) -> list[tuple[int, int, bytes]]:
    """Return (level, position, hash) of each subtree above level 0 that the leaf at `index` completes."""
    made = []
    level, position, current = 0, index, leaf
    while position & 1:
        current = inner_hash(node(level, position - 1), current)
        level, position = level + 1, position >> 1
        made.append((level, position, current))
    return made


def roots_at(leaves: Iterable[bytes], sizes: Iterable[int]) -> dict[int, bytes]:
    """Return the root at each wanted size that the leaves reach, in one pass and little memory."""
    wanted = set(sizes)
    roots = {0: EMPTY_ROOT} if 0 in wanted else {}
    peaks: list[tuple[int, bytes]] = []
    for index, leaf in enumerate(leaves):
        level, current = 0, leaf
        while peaks and peaks[-1][0] == level:
            level, current = level + 1, inner_hash(peaks.pop()[1], current)
        peaks.append((level, current))
        if index + 1 in wanted:
            roots[index + 1] = _bagged(peaks)
    return roots


def _bagged(peaks: list[tuple[int, bytes]]) -> bytes:
    current = peaks[-1][1]
    for _, peak in reversed(peaks[:-1]):
        current = inner_hash(peak, current)
    return current


def _split(count: int) -> int:
    """Return the largest power of two below a count of at least two."""
    return 1 << ((count - 1).bit_length() - 1)


def _range_hash(start: int, end: int, node: Node) -> bytes:
    count = end - start
    if count & (count - 1) == 0:
        return node(count.bit_length() - 1, start // count)
    middle = start + _split(count)
    return inner_hash(_range_hash(start, middle, node), _range_hash(middle, end, node))


def _path(index: int, start: int, end: int, node: Node) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle, node), _range_hash(middle, end, node)]
    return [*_path(index, middle, end, node), _range_hash(start, middle, node)]


def _subproof(old_end: int, start: int, end: int, node: Node, *, is_whole: bool) -> list[bytes]:
    if old_end == end:
        return [] if is_whole else [_range_hash(start, end, node)]
    middle = start + _split(end - start)
    if old_end <= middle:
        below = _subproof(old_end, start, middle, node, is_whole=is_whole)
        return [*below, _range_hash(middle, end, node)]
    below = _subproof(old_end, middle, end, node, is_whole=False)
    return [*below, _range_hash(start, middle, node)]
