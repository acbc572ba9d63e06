"""Numbers, codes and times, checked by what is heard: the words of the slots one after another."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from channels.call_center.prompts.catalogue import read_catalogue
from channels.call_center.prompts.spoken import Slots, clock_time, day, digits, moment, number

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
CATALOGUE = read_catalogue()


def words(slots: Slots) -> str:
    """What is said; a breath is nothing, a pause a comma."""
    said = {"breath": "", "pause": ","}
    return " ".join(filter(None, (said.get(slot, CATALOGUE[slot].text) for slot in slots))).replace(" ,", ",")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "không"),
        (4, "bốn"),
        (10, "mười"),
        (11, "mười một"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (21, "hai mươi mốt"),
        (24, "hai mươi tư"),
        (35, "ba mươi lăm"),
        (99, "chín mươi chín"),
        (100, "một trăm"),
        (105, "một trăm linh năm"),
        (110, "một trăm mười"),
        (115, "một trăm mười lăm"),
        (221, "hai trăm hai mươi mốt"),
        (1000, "một nghìn"),
        (1005, "một nghìn không trăm linh năm"),
        (2026, "hai nghìn không trăm hai mươi sáu"),
        (9999, "chín nghìn chín trăm chín mươi chín"),
    ],
)
def test_numbers_are_said_as_people_say_them(value: int, said: str) -> None:
    """With mốt, tư, lăm and linh where they belong."""
    assert words(number(value)) == said


@pytest.mark.parametrize("value", [-1, 10_000])
def test_other_numbers_are_not_read_out(value: int) -> None:
    """The caller of this function must cut or spell them."""
    with pytest.raises(ValueError, match="not read out"):
        number(value)


@pytest.mark.parametrize(
    ("text", "groups", "said"),
    [
        ("123456789012", (4, 4, 4), "một hai ba bốn, năm sáu bảy tám, chín không một hai"),
        ("123456", (3, 3), "một hai ba, bốn năm sáu"),
        ("0900 000 001", (4, 3, 3), "không chín không không, không không không, không không một"),
        ("12345", (4, 4, 4), "một hai ba bốn, năm"),
        ("113", (), "một một ba"),
        ("", (4,), ""),
    ],
)
def test_codes_are_read_digit_by_digit(text: str, groups: tuple[int, ...], said: str) -> None:
    """In groups; neither starts nor ends with a pause."""
    slots = digits(text, groups)

    assert words(slots) == said
    assert not slots or {slots[0], slots[-1]}.isdisjoint({"pause", "breath"})


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (time(8), "tám giờ sáng"),
        (time(14, 30), "hai giờ rưỡi chiều"),
        (time(0, 5), "không giờ năm phút"),
        (time(1), "một giờ sáng"),
        (time(11, 15), "mười một giờ mười lăm phút trưa"),
        (time(12), "mười hai giờ trưa"),
        (time(17, 59), "năm giờ năm mươi chín phút chiều"),
        (time(18), "sáu giờ tối"),
        (time(23, 45), "mười một giờ bốn mươi lăm phút đêm"),
    ],
)
def test_times_have_their_part_of_the_day(at: time, said: str) -> None:
    """Twelve hours and sáng, trưa, chiều, tối, đêm."""
    assert words(clock_time(at)) == said


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 11, 22, 8, tzinfo=VIETNAM), "lúc tám giờ sáng hôm nay"),
        (datetime(2026, 11, 23, 8, tzinfo=VIETNAM), "lúc tám giờ sáng ngày mai"),
        (datetime(2026, 11, 24, 8, tzinfo=VIETNAM), "lúc tám giờ sáng thứ ba"),
        (datetime(2026, 11, 28, 8, tzinfo=VIETNAM), "lúc tám giờ sáng thứ bảy"),
        (datetime(2026, 11, 29, 8, tzinfo=VIETNAM), "lúc tám giờ sáng chủ nhật ngày hai mươi chín tháng mười một"),
        (datetime(2026, 11, 20, 8, tzinfo=VIETNAM), "lúc tám giờ sáng thứ sáu ngày hai mươi tháng mười một"),
    ],
)
def test_a_day_is_named_as_shortly_as_is_clear(at: datetime, said: str) -> None:
    """Sunday 22 November is today."""
    assert words(moment(at, today=date(2026, 11, 22))) == said


def test_the_fourth_month_has_its_own_name() -> None:
    """tháng tư, never tháng bốn."""
    assert words(day(date(2027, 4, 4))) == "chủ nhật ngày bốn tháng tư"


def test_every_word_there_may_be_has_a_slot() -> None:
    """No number, time or day leads to a slot that is not in the catalogue."""
    slots = {slot for value in range(10_000) for slot in number(value)}
    slots |= {slot for hour in range(24) for minute in range(60) for slot in clock_time(time(hour, minute))}
    slots |= {slot for ordinal in range(400) for slot in day(date.fromordinal(739_000 + ordinal))}

    assert slots <= CATALOGUE.keys()
