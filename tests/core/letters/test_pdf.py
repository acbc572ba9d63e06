"""The letter on paper: Vietnamese letters with their fonts, nothing run, nothing fetched, within limits."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.letters import LetterFacts, Photo, as_page, compose
from core.letters.pdf import LetterNotDrawn, draw
from core.letters.photos import LONGEST_SIDE, photo_of
from core.letters.printing import MOST_PHOTOS, Limits, Printer
from tests.core.letters.samples import FACTS, FORM, letters_of, pages_of, photo, streams

HARD = "Nguyễn Thị Ngọc Ánh, ngõ Đội Cấn, phường Vĩnh Ninh: ằ ẵ ỡ ữ ỵ ặ ổ Ử Ỹ Ẵ Ổ Đ đ"


def letter_about(facts: LetterFacts = FACTS, **more: object) -> bytes:
    """The PDF of the sample form."""
    return draw(compose(FORM, facts, name="result"), **more)  # type: ignore[arg-type]


@pytest.mark.rule("TG-P2", "QB-IV.3")
def test_a_vietnamese_name_is_drawn_with_letters_that_the_file_brings_along() -> None:
    """Every letter is in an embedded font: no reader needs one of its own."""
    pdf = letter_about(replace(FACTS, reporter=HARD))

    assert pdf.startswith(b"%PDF-")
    shown = set(letters_of(pdf))
    assert set(HARD.replace(" ", "")) <= shown
    assert set("CỘNGHÒAXÃHỘICHỦNGHĨAVIỆTNAM") <= shown
    assert any(b"FontFile" in part for part in [pdf, *streams(pdf)])


def test_the_same_letter_gives_the_same_bytes_and_tells_nothing_of_the_machine() -> None:
    """So that it is stored once, and no metadata leaves the house."""
    pdf = letter_about()
    assert pdf == letter_about()
    everything = b"".join([pdf, *streams(pdf)])
    for told in (b"/home", b"/work", b"/tmp", b"/root"):
        assert told not in everything


@pytest.mark.parametrize(
    "text",
    [
        '#read("/etc/passwd")',
        '#import "@preview/cetz:0.3.0": *',
        '#image("letter.typ")',
        "$ x^2 ",
        "*_`#[\\]<label>@ref //",
        '"]; #panic("x")',
        "\x00\x01\x0b",
        "\U0001f600 \u200b\u202e",
    ],
)
def test_markup_in_an_answer_is_text(text: str) -> None:
    """No answer can make the compiler read a file, ask a network or stop."""
    assert letter_about(replace(FACTS, answer=text)).startswith(b"%PDF-")


def test_a_long_answer_takes_several_pages_and_pictures_come_along() -> None:
    long = letter_about(replace(FACTS, answer="Đã thay bóng đèn trên tuyến đường này.\n" * 120))
    assert pages_of(long) > 2
    assert pages_of(letter_about()) == 1
    with_pictures = letter_about(photos=[photo(), photo("blue", (300, 400))])
    assert b"".join([with_pictures, *streams(with_pictures)]).count(b"/Image") >= 2


def test_a_damaged_picture_does_not_stop_the_letter() -> None:
    assert pages_of(letter_about(photos=[Photo(b"no picture", 10, 10, "Ảnh hỏng")])) == 1


async def test_limits_hold_what_is_too_long_too_large_and_too_slow() -> None:
    """Each is refused by name; the letter as page and text is there all the same."""
    letter = compose(FORM, FACTS, name="result")
    for limits, why in (
        (Limits(letters=10), "too long"),
        (Limits(drawn=100), "too large"),
        (Limits(seconds=0), "too slow"),
    ):
        printer = Printer(limits)
        with pytest.raises(LetterNotDrawn, match=why):
            await printer.pdf(letter)
        printer.close()


async def test_pictures_beyond_the_limits_are_left_out() -> None:
    printer, many = Printer(), [photo(size=(8, 8))] * (MOST_PHOTOS + 3)
    small = await printer.pdf(compose(FORM, FACTS, name="result"), many)
    exactly = await printer.pdf(compose(FORM, FACTS, name="result"), many[:MOST_PHOTOS])
    none = await Printer(Limits(photos=1)).pdf(compose(FORM, FACTS, name="result"), many)
    printer.close()

    assert small == exactly
    assert none == letter_about()


@pytest.mark.rule("A-4")
def test_a_picture_in_a_letter_is_pixels_only() -> None:
    """EXIF of the original is gone even if the store had kept it; large ones are made small."""
    image, exif, written = Image.new("RGB", (2400, 1600), "gray"), Image.Exif(), io.BytesIO()
    exif[0x013B] = "Canary Owner"
    exif.get_ifd(0x8825)[2] = (16.0, 27.0, 49.0)
    image.save(written, "JPEG", exif=exif)
    found = photo_of(written.getvalue(), label="Ảnh 1")

    assert found is not None
    assert (found.width, found.height) == (LONGEST_SIDE, 800)
    with Image.open(io.BytesIO(found.data)) as small:
        assert dict(small.getexif()) == {}
    assert b"Canary" not in found.data
    assert photo_of(b"%PDF-1.7 no picture", label="x") is None


def test_the_web_side_starts_without_the_tools_for_drawing() -> None:
    """They are loaded when the first letter is drawn (start-up is measured in tenths of seconds)."""
    code = "import sys, gateway.app; print(sorted({'typst', 'PIL'} & sys.modules.keys()))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "typst" not in found.stdout


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_whatever_stands_in_an_answer_can_be_drawn_and_runs_nowhere(text: str) -> None:
    """Any letters in any order: a PDF, and a page in which every sign of markup is a word."""
    letter = compose(FORM, replace(FACTS, answer=text, reporter=text or "x"), name="result")
    assert draw(letter).startswith(b"%PDF-")
    body = as_page(letter).partition("<main>")[2].partition("</main>")[0]
    assert set(re.findall(r"<[^>]*>", body)) <= {"<h1>", "</h1>", "<p>", "</p>", '<p class="to">'}
