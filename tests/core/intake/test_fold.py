"""Vietnamese letters made comparable."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.intake.fold import compose, fold, fold_aligned, lower_canonical
from core.intake.patterns import vi
from core.intake.words import Text


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Đường Nguyễn Huệ", "duong nguyen hue"),
        ("HOÀ  bình\n", "hoa binh"),
        ("hòa", "hoa"),
        (unicodedata.normalize("NFD", "Phường Vỹ Dạ"), "phuong vy da"),
        ("ｆｕｌｌ", "full"),
        ("ki\u200blô", "kilo"),
    ],
)
def test_folding_leaves_bare_letters(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("new", "old"),
    [("hoà", "hòa"), ("khoẻ", "khỏe"), ("uỷ ban", "ủy ban"), ("thuỷ", "thủy"), ("quý", "quý"), ("quà", "quà")],
)
def test_tones_have_one_position(new: str, old: str) -> None:
    assert lower_canonical(new) == lower_canonical(old) == old


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_positions_agree_in_all_forms(text: str) -> None:
    composed = compose(text)
    assert len(fold_aligned(text)) == len(lower_canonical(text)) == len(composed)


@given(st.text(alphabet="aàảãáạăằâầđeêềioôồơờuưừyqhnt  ", max_size=40))
def test_the_way_of_composing_does_not_matter(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    assert fold(decomposed) == fold(unicodedata.normalize("NFC", text))
    assert lower_canonical(decomposed) == lower_canonical(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("chợ", "gần chợ Đông Ba", True),
        ("chợ", "gửi cho em số điện thoại nhé được không", False),
        ("chợ", "gan cho dong ba", True),
        ("đèn", "ngôi đền cổ ở làng", False),
        ("đường", "con đưòng lầy lội", True),
        ("xã", "xả rác bừa bãi ra đường", False),
        ("xã", "xa vinh ha", True),
        ("tối", "tôi gửi phản ánh", False),
        ("ủy ban", "uỷ ban phường", True),
    ],
)
def test_marks_tell_words_apart_where_people_type_them(pattern: str, text: str, found: bool) -> None:
    assert (vi(pattern).search(Text.of(text)) is not None) is found
