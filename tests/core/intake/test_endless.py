"""
Nobody keeps everybody else waiting by what they write: reading takes about as long as the text is long.

What is slow here is slow in one expression, which holds up the whole process and hears no signal: so another one reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from multiprocessing import get_context
from multiprocessing.pool import Pool
from typing import Any

import pytest

from core.contract.schema import GeoPoint
from core.intake.reading.links import LinkReading, read_links
from core.intake.reading.person import read_name
from core.intake.topics import dashed
from core.intake.understand import FORWARDED, bare_subject
from core.intake.words import Text
from tests.core.intake.harness import sentences

PATIENCE = 60.0
"""Seconds for what takes a moment, or minutes and hours."""
MATTER = "Rác ở 12 Lê Lợi.\n"
ENDLESS = {
    "empty lines under a greeting": "Trân trọng" + "\n" * 3_000 + "An",
    "empty lines under thanks": "Cảm ơn" + "\n" * 3_000 + "An",
    "a line of dashes": "-" * 20_000,
    "many lines of dashes": "--\n" * 7_000,
    "empty lines": "\n" * 20_000 + "hết",
    "spaces": " " * 20_000 + "hết",
    "a greeting again and again": "Trân trọng\n" * 4_000,
    "a forward again and again": "Từ:\n" * 4_000,
    "numbers": "0" * 20_000,
    "one word": "a" * 20_000,
}


ANY_LENGTH: dict[str, tuple[Callable[..., Any], tuple[str, ...], Any]] = {
    "coordinates": (read_links, ("16.463 " + " " * 120_000 + "!",), LinkReading()),
    "dashes": (FORWARDED.sub, ("", "-" * 80_000), "-" * 80_000),
    "empty lines": (FORWARDED.sub, ("", "\n" * 300_000), "\n" * 300_000),
    "a list": (dashed, ("\n" * 300_000 + "!",), []),
    "a subject": (bare_subject, ("re" + " " * 400_000 + "!",), "re" + " " * 400_000 + "!"),
}
"""What reads texts, subjects and files of any length: what it is given, what it finds."""


@pytest.fixture
def reader() -> Iterator[Pool]:
    """A process that reads; it goes with the test."""
    with get_context("spawn").Pool(1) as pool:
        yield pool


@pytest.mark.parametrize("written", ENDLESS.values(), ids=ENDLESS)
def test_an_endless_text_is_read_at_once(reader: Pool, written: str) -> None:
    assert reader.apply_async(sentences, (MATTER + written,)).get(PATIENCE)


@pytest.mark.parametrize("name", ANY_LENGTH)
def test_what_reads_any_length_takes_its_time_once(reader: Pool, name: str) -> None:
    read, given, found = ANY_LENGTH[name]
    assert reader.apply_async(read, given).get(PATIENCE) == found


@pytest.mark.parametrize(
    ("under", "name"),
    [
        ("Trân trọng\nNguyễn Văn An", "Nguyễn Văn An"),
        ("Trân trọng cảm ơn!\n\n \n  Nguyễn Văn An\n0900 000 001", "Nguyễn Văn An"),
        ("Kính thư,\nNgười gửi: Hoa", "Hoa"),
        ("Thân ái\nKý tên: An", "An"),
        ("Thân ái\nKý tên:An", "An"),
        ("Thân ái,\n  An\n", "An"),
    ],
)
def test_a_name_is_found_under_any_gap(under: str, name: str) -> None:
    """Two letters are a name where a sign or a space stands before them."""
    assert read_name(Text.of(f"đường hư hỏng nặng\n{under}")).name == name


@pytest.mark.parametrize("gap", [", ", " ", ",", " , ", "; ", "  ", "\t, ", " \n", "\n "])
def test_coordinates_stand_apart_in_any_way(gap: str) -> None:
    point = read_links(f"ở 16.4637{gap}107.5909 nhé").point
    assert point == GeoPoint(latitude=16.4637, longitude=107.5909)


@pytest.mark.parametrize("before", ["", "---------- Forwarded message ---------\n", "> -- Thư --\n\n", "-----\n"])
def test_the_head_of_a_forward_goes_with_the_line_above_it(before: str) -> None:
    said = f"Xem giúp.\n{before}Từ: An\nNgày: hôm qua\nChủ đề: Rác\nĐường đầy rác."
    assert FORWARDED.sub("", said).split() == ["Xem", "giúp.", "Đường", "đầy", "rác."]
