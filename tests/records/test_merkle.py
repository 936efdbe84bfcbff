"""The Merkle tree: known vectors, an oracle, and laws that hold for every size."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from portal.records import merkle

# The test tree of Certificate Transparency's reference implementation (RFC 6962 authors).
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def reader(leaves: list[bytes]) -> merkle.Node:
    """Return a node reader that works every hash out of the leaves."""

    def node(level: int, position: int) -> bytes:
        if level == 0:
            return leaves[position]
        return merkle.inner_hash(node(level - 1, 2 * position), node(level - 1, 2 * position + 1))

    return node


def tree_of(size: int) -> tuple[list[bytes], merkle.Node]:
    leaves = [merkle.leaf_hash(f"entry {index}".encode()) for index in range(size)]
    return leaves, reader(leaves)


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    expected = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.root(0, reader([])).hex() == expected


@pytest.mark.parametrize("size", range(1, 9))
def test_the_reference_tree_has_the_published_roots(size: int) -> None:
    leaves = [merkle.leaf_hash(entry) for entry in ENTRIES[:size]]
    assert merkle.root(size, reader(leaves)).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(
    ("index", "size", "path"),
    [
        (0, 1, []),
        (
            0,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5,
            8,
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
        (
            1,
            5,
            [
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ],
)
def test_the_reference_tree_has_the_published_paths(index: int, size: int, path: list[str]) -> None:
    leaves = [merkle.leaf_hash(entry) for entry in ENTRIES]
    proof = merkle.inclusion_proof(index, size, reader(leaves))
    assert [step.hex() for step in proof] == path


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        (1, 1, []),
        (
            1,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            6,
            8,
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            5,
            [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ],
)
def test_the_reference_tree_has_the_published_consistency_proofs(old: int, new: int, path: list[str]) -> None:
    leaves = [merkle.leaf_hash(entry) for entry in ENTRIES]
    proof = merkle.consistency_proof(old, new, reader(leaves))
    assert [step.hex() for step in proof] == path


def test_another_implementation_finds_the_same_roots_and_paths() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        oracle = InmemoryTree(algorithm="sha256")
        for index in range(40):
            oracle.append_entry(f"entry {index}".encode())
        leaves, node = tree_of(40)
        for size in range(1, 41):
            assert merkle.root(size, node) == oracle.get_root(size)
            for index in range(size):
                theirs = {
                    bytes.fromhex(step)
                    for step in oracle.prove_inclusion(index + 1, size).serialize()["path"]
                }
                # The oracle's path begins with the leaf itself.
                assert {leaves[index], *merkle.inclusion_proof(index, size, node)} == theirs


@given(st.integers(1, 90), st.data())
def test_every_leaf_is_proved_and_no_other_is(size: int, data: st.DataObject) -> None:
    leaves, node = tree_of(size)
    index = data.draw(st.integers(0, size - 1))
    proof, root = merkle.inclusion_proof(index, size, node), merkle.root(size, node)
    assert merkle.is_included(leaves[index], index, size, proof, root)
    assert not merkle.is_included(merkle.leaf_hash(b"another"), index, size, proof, root)
    assert not merkle.is_included(leaves[index], index, size, [*proof, root], root)
    if proof:
        assert not merkle.is_included(leaves[index], index, size, proof[:-1], root)
        assert not merkle.is_included(leaves[index], index ^ 1, size, proof, root)


@given(st.integers(0, 90), st.integers(0, 90))
def test_every_older_tree_is_proved_to_begin_the_newer(first: int, second: int) -> None:
    old, new = sorted((first, second))
    _, node = tree_of(new)
    proof = merkle.consistency_proof(old, new, node)
    old_root, new_root = merkle.root(old, node), merkle.root(new, node)
    assert merkle.is_consistent(old, new, proof, old_root, new_root)
    assert not merkle.is_consistent(old, new, proof, merkle.leaf_hash(b"x"), new_root)
    assert not merkle.is_consistent(old, new, [*proof, new_root], old_root, new_root)
    assert not merkle.is_consistent(new + 1, new, proof, old_root, new_root)
    if 0 < old < new:
        assert not merkle.is_consistent(old, new, proof, old_root, merkle.leaf_hash(b"x"))
        assert not merkle.is_consistent(old, new, proof[:-1], old_root, new_root)


@given(st.integers(1, 90))
def test_nodes_stored_as_leaves_arrive_give_the_same_tree(size: int) -> None:
    leaves, node = tree_of(size)
    stored: dict[tuple[int, int], bytes] = {}

    def lookup(level: int, position: int) -> bytes:
        return stored[level, position]

    for index, leaf in enumerate(leaves):
        stored[0, index] = leaf
        made = merkle.new_nodes(index, leaf, lookup)
        stored.update({(level, position): value for level, position, value in made})
    assert merkle.root(size, lookup) == merkle.root(size, node)


@given(st.integers(0, 90))
def test_one_pass_gives_the_root_at_every_size(size: int) -> None:
    leaves, node = tree_of(size)
    roots = merkle.roots_at(leaves, range(size + 5))
    assert roots == {each: merkle.root(each, node) for each in range(size + 1)}


@pytest.mark.parametrize(("index", "size"), [(-1, 1), (1, 1), (0, 0)])
def test_a_leaf_outside_the_tree_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="is not in a tree"):
        merkle.inclusion_proof(index, size, tree_of(1)[1])
    assert not merkle.is_included(b"", index, size, [], b"")


def test_a_larger_tree_never_begins_a_smaller_one() -> None:
    with pytest.raises(ValueError, match="cannot be the beginning"):
        merkle.consistency_proof(2, 1, tree_of(2)[1])
