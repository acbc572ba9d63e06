"""Redaction: a person is taken out of a text in every spelling, and nothing else is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.privacy.redact import MARKER, fold, mentions, redact

NAME = "Nguyễn Đình An"
WORDS = st.text("abcđễ", min_size=1, max_size=5)


@pytest.mark.parametrize(
    "spelling",
    [
        "Nguyễn Đình An",
        "NGUYỄN ĐÌNH AN",
        "nguyen dinh an",
        "Nguyễn  Đình\nAn",
        "Nguyễn-Đình-An",
        unicodedata.normalize("NFD", "Nguyễn Đình An"),
    ],
)
def test_name_in_every_spelling(spelling: str) -> None:
    assert redact(f"Tôi là {spelling}, ở đây.", [NAME]) == f"Tôi là {MARKER}, ở đây."


@pytest.mark.parametrize(
    ("given_as", "written"),
    [
        ("0900000001", "0900 000 001"),
        ("0900 000 001", "+84900000001"),
        ("+84900000001", "0900.000.001"),
        ("+84900000001", "84 900-000-001"),
        ("84900000001", "+84 (0) 900 000 001"),
        ("+14155550100", "+1 415 555 0100"),
        ("001099000001", "001 099 000 001"),
        ("123456789", "123 456 789"),
    ],
)
def test_number_in_every_spelling(given_as: str, written: str) -> None:
    redacted = redact(f"gọi {written} nhé", [given_as])
    assert MARKER in redacted
    assert written[-3:] not in redacted
    assert redacted.endswith(f"{MARKER} nhé")


def test_mail_and_postal_address() -> None:
    text = "Thư AN.Nguyen@Example.vn; nhà 12 Le Loi, phuong Thuan Hoa."
    assert redact(text, ["an.nguyen@example.vn", "12 Lê Lợi, phường Thuận Hóa"]) == f"Thư {MARKER}; nhà {MARKER}."


@pytest.mark.parametrize(
    "text",
    ["Nguyễn Đình Anh", "Nguyễn Đình", "bình an", "0900000012", "90000000", "10900000001"],
)
def test_what_is_not_the_person_stays(text: str) -> None:
    assert redact(text, [NAME, "0900000001"]) == text
    assert not mentions(text, [NAME, "0900000001"])


def test_longest_term_wins() -> None:
    assert redact("anh Nguyễn Đình An", ["Đình An", NAME]) == f"anh {MARKER}"


@pytest.mark.parametrize("terms", [[], [""], ["  ", "..."]])
def test_empty_terms_change_nothing(terms: list[str]) -> None:
    assert redact("giữ nguyên", terms) == "giữ nguyên"
    assert not mentions("giữ nguyên", terms)


@given(before=st.text(), after=st.text(), name=st.lists(WORDS, min_size=1, max_size=3))
def test_nothing_of_a_term_remains(before: str, after: str, name: list[str]) -> None:
    term = " ".join(name)
    redacted = redact(f"{before} {term} {after}", [term])

    assert MARKER in redacted
    assert not mentions(redacted, [term])
    assert redact(redacted, [term]) == redacted


@given(text=st.text(), terms=st.lists(st.text(max_size=12), max_size=4))
def test_any_text_and_any_terms(text: str, terms: list[str]) -> None:
    """Never fails, is idempotent, and leaves a text without the terms as it is."""
    redacted = redact(text, terms)

    assert redact(redacted, terms) == redacted
    assert (redacted != text) == mentions(text, terms)


def test_marks_do_not_outlive_their_letter() -> None:
    decomposed = unicodedata.normalize("NFD", "An ấ. Lễ!")
    assert redact(decomposed, ["Lễ"]) == unicodedata.normalize("NFD", "An ấ. ") + MARKER + "!"


def test_folding() -> None:
    assert fold("Nguyễn ĐÌNH") == "nguyen dinh"
