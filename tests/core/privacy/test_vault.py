"""The vault: what was sealed comes back, and nothing else does."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from core.cases.sealed import SealedText
from core.privacy.errors import Erased, Tampered
from core.privacy.vault import SALT_BYTES, Sealer, TextReference, Vault, commitment, encrypt
from tests.core.privacy.stores import NOON, MemoryKeyStore, subject_keys

TEXT = "Ổ gà trước cổng chợ, đường Lê Lợi"


@given(text=st.text(alphabet=st.characters(exclude_categories=())))
def test_text_comes_back(text: str) -> None:
    vault = Vault(subject_keys())
    row = vault.seal(text, subject_id="an")

    assert vault.open(row.sealed, vault_id=row.id, subject_id="an", expected=row.commitment) == text
    assert row.reference == TextReference(id=row.id, commitment=row.commitment, length=len(text))


def test_reference_says_nothing_about_the_text() -> None:
    """Not even to someone who guesses it: the same text commits differently every time."""
    vault = Vault(subject_keys())
    first, second = vault.seal(TEXT, subject_id="an"), vault.seal(TEXT, subject_id="an")

    assert first.commitment != second.commitment
    assert first.commitment != hashlib.sha256(TEXT.encode()).hexdigest()
    assert TEXT.encode() not in first.sealed


@given(data=st.data())
def test_any_flipped_bit_fails(data: st.DataObject) -> None:
    vault = Vault(subject_keys())
    row = vault.seal(TEXT, subject_id="an")
    bit = data.draw(st.integers(0, len(row.sealed) * 8 - 1))
    altered = bytearray(row.sealed)
    altered[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Tampered):
        vault.open(bytes(altered), vault_id=row.id, subject_id="an")


@pytest.mark.parametrize("cut", [0, 5, 12, 20, -1])
def test_cut_row_fails(cut: int) -> None:
    vault = Vault(subject_keys())
    row = vault.seal(TEXT, subject_id="an")
    with pytest.raises(Tampered):
        vault.open(row.sealed[:cut], vault_id=row.id, subject_id="an")


def test_row_copied_over_another_does_not_open() -> None:
    vault = Vault(subject_keys())
    first, second = vault.seal("một", subject_id="an"), vault.seal("hai", subject_id="an")
    vault.seal("ba", subject_id="binh")

    with pytest.raises(Tampered):
        vault.open(first.sealed, vault_id=second.id, subject_id="an")
    with pytest.raises(Tampered):
        vault.open(first.sealed, vault_id=first.id, subject_id="binh")


def test_text_of_another_event_is_noticed() -> None:
    vault = Vault(subject_keys())
    first, second = vault.seal(TEXT, subject_id="an"), vault.seal(TEXT, subject_id="an")
    with pytest.raises(Tampered, match="committed"):
        vault.open(first.sealed, vault_id=first.id, subject_id="an", expected=second.commitment)


@pytest.mark.rule("VN-4", "VN-15")
def test_erased_subject_can_neither_be_read_nor_written() -> None:
    store = MemoryKeyStore()
    keys = subject_keys(store)
    vault = Vault(keys)
    row = vault.seal(TEXT, subject_id="an")
    other = vault.seal(TEXT, subject_id="binh")
    keys.destroy("an", NOON)

    with pytest.raises(Erased):
        vault.open(row.sealed, vault_id=row.id, subject_id="an")
    with pytest.raises(Erased):
        vault.seal(TEXT, subject_id="an")
    assert vault.open(other.sealed, vault_id=other.id, subject_id="binh") == TEXT


def test_salt_lies_inside_the_ciphertext_only() -> None:
    """So that it is erased with the key; and the commitment is the documented one."""
    keys = subject_keys()
    salt = b"s" * SALT_BYTES
    expected = hmac.new(salt, TEXT.encode(), "sha256").hexdigest()

    assert commitment(salt, TEXT.encode()) == expected
    binding = b"".join(len(p).to_bytes(4, "big") + p for p in (b"langnghe/vault/v1", b"row", b"an"))
    sealed = encrypt(keys.key("an"), salt + TEXT.encode(), binding)
    assert Vault(keys).open(sealed, vault_id="row", subject_id="an", expected=expected) == TEXT


class Decline(BaseModel):
    """A command as the case core has them."""

    reason: SealedText
    note: SealedText


def test_sealer_gathers_the_rows_of_one_command() -> None:
    vault = Vault(subject_keys())
    sealer = Sealer(vault, subject_id="case-1", make=SealedText)
    command = Decline.model_validate({"reason": "lý do", "note": "ghi chú"}, context={"sealer": sealer})

    assert [row.id for row in sealer.rows] == [command.reason.id, command.note.id]
    assert [row.commitment for row in sealer.rows] == [command.reason.commitment, command.note.commitment]
    assert {row.subject_id for row in sealer.rows} == {"case-1"}
    held = vault.open(
        sealer.rows[1].sealed, vault_id=command.note.id, subject_id="case-1", expected=command.note.commitment
    )
    assert held == "ghi chú"


@given(data=st.binary())
def test_column_comes_back_in_its_place_only(data: bytes) -> None:
    vault = Vault(subject_keys())
    sealed = vault.seal_blob(data, subject_id="an", place="contact:an")

    assert vault.open_blob(sealed, subject_id="an", place="contact:an") == data
    with pytest.raises(Tampered):
        vault.open_blob(sealed, subject_id="an", place="outbox:1")


def test_sealed_text_is_not_printed() -> None:
    row = Vault(subject_keys()).seal(TEXT, subject_id="an")
    assert "Lợi" not in repr(row)
    assert "sealed=" not in repr(row)
