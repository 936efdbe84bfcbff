"""Codes survive being read aloud; columns survive a change of keys."""

from __future__ import annotations

import pytest
from cryptography.fernet import InvalidToken
from hypothesis import given
from hypothesis import strategies as st

from portal.base import crypto

OLD, NEW = "old-key-" + "0" * 32, "new-key-" + "1" * 32


@pytest.fixture(autouse=True)
def keys() -> None:
    crypto.use_keys([NEW, OLD])


def test_the_same_submission_always_gets_the_same_code() -> None:
    assert crypto.receipt_code("abc") == crypto.receipt_code("abc")
    assert crypto.receipt_code("abc") != crypto.receipt_code("abd")


@given(st.text(min_size=1, max_size=40))
def test_a_code_is_recognised_however_it_is_typed(submission_id: str) -> None:
    code = crypto.receipt_code(submission_id)
    typed = code.lower().replace("-", " — ").translate({ord("2"): "２", ord("a"): "Ａ"})
    assert crypto.normalise_code(typed) == code.replace("-", "")
    assert crypto.is_receipt_code(crypto.normalise_code(typed))


def test_one_wrong_symbol_or_a_swap_of_neighbours_is_caught() -> None:
    code = crypto.normalise_code(crypto.receipt_code("abc"))
    for i in range(len(code) - 1):
        other = "2" if code[i] != "2" else "3"
        assert not crypto.is_receipt_code(code[:i] + other + code[i + 1 :])
        if code[i] != code[i + 1]:
            assert not crypto.is_receipt_code(code[:i] + code[i + 1] + code[i] + code[i + 2 :])


def test_no_code_holds_a_symbol_that_is_misread() -> None:
    assert set("01OIL") & set(crypto.CODE_ALPHABET) == set()
    assert len(crypto.CODE_ALPHABET) ** crypto.RECEIPT_SYMBOLS >= 2**100


def test_a_receipt_code_is_found_again_after_a_change_of_keys() -> None:
    crypto.use_keys([OLD])
    code = crypto.receipt_code("abc")
    kept = crypto.keyed_hash("receipt-hash", crypto.normalise_code(code))
    crypto.use_keys([NEW, OLD])
    assert crypto.receipt_code("abc") != code
    assert crypto.kept_code(crypto.receipt_codes("abc"), "receipt-hash", kept) == code
    assert crypto.kept_code(crypto.receipt_codes("abd"), "receipt-hash", kept) is None
    assert crypto.kept_code(crypto.receipt_codes("abc"), "receipt-hash", None) is None


def test_what_the_old_key_sealed_the_new_set_opens() -> None:
    crypto.use_keys([OLD])
    sealed = crypto.encrypt("张三".encode())
    crypto.use_keys([NEW, OLD])
    assert crypto.decrypt(sealed).decode() == "张三"
    crypto.use_keys([NEW])
    with pytest.raises(InvalidToken):
        crypto.decrypt(sealed)


def test_a_hash_is_found_under_every_key_in_use() -> None:
    crypto.use_keys([OLD])
    stored = crypto.keyed_hash("phone", "13800000000")
    crypto.use_keys([NEW, OLD])
    assert stored in crypto.keyed_hashes("phone", "13800000000")
    assert stored not in crypto.keyed_hashes("receipt", "13800000000")
