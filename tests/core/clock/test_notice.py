"""The yearly notice of days off: read in both forms, planned against what is known, refused with every reason."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from core.clock import VIETNAM, BusinessCalendar, DayKind, calendar_from_data, calendar_to_data, load_calendar
from core.clock.notice import NoticeUnreadable, read_notice
from core.clock.yearly import Notice, NoticeRefused, amendment

NOW = datetime(2026, 11, 20, 9, tzinfo=VIETNAM)
CALENDAR = load_calendar("thua_thien_hue")
TEXT = """ngày;loại;tên;đổi với
01/01/2028;nghỉ lễ;Tết Dương lịch
03/01/2028;Nghi bu;Nghỉ bù Tết Dương lịch
25/01/2028-31/01/2028;nghỉ Tết;Tết Nguyên đán
30/04/2028;nghỉ lễ;Ngày Chiến thắng
01/05/2028;nghỉ lễ;Ngày Quốc tế lao động
02/05/2028;nghỉ bù;Nghỉ hoán đổi;06/05/2028
06/05/2028;làm bù;Làm bù cho ngày nghỉ 02/05/2028;02/05/2028
01/09/2028 - 02/09/2028;nghỉ lễ;Quốc khánh
"""
ICS = """BEGIN:VCALENDAR\r
BEGIN:VEVENT\r
DTSTART;VALUE=DATE:20270430\r
DTEND;VALUE=DATE:20270502\r
SUMMARY:Ngày Chiến thắng\\, Quốc tế\r
  lao động\r
END:VEVENT\r
BEGIN:VEVENT\r
DTSTART;VALUE=DATE:20270508\r
SUMMARY:Làm bù cho ngày nghỉ 03/05/2027\r
END:VEVENT\r
END:VCALENDAR\r
"""


def planned(text: str, *, year: int = 0, calendar: BusinessCalendar = CALENDAR) -> BusinessCalendar:
    """What the calendar becomes."""
    return amendment(calendar, Notice(read_notice(text), "TB 12/TB", year), now=NOW).calendar


def refused(text: str, *, year: int = 0, calendar: BusinessCalendar = CALENDAR) -> str:
    """Why it does not."""
    with pytest.raises(NoticeRefused) as caught:
        planned(text, year=year, calendar=calendar)
    return caught.value.text_vi


@pytest.mark.rule("U-7")
def test_a_further_year_goes_on_with_its_hours_and_seasons() -> None:
    """Coverage grows by the year, its days are official, and the next version reads back equal."""
    after = planned(TEXT, year=2028)

    assert (after.last, after.version, after.in_force_from) == (date(2028, 12, 31), CALENDAR.version + 1, NOW)
    assert after.day(date(2028, 1, 27)).kind is DayKind.HOLIDAY
    assert after.day(date(2028, 5, 6)).is_worked
    assert str(after.day(date(2028, 7, 3)).shifts[1]) == "13:30-17:30"
    assert str(after.day(date(2028, 11, 1)).shifts[1]) == "13:00-17:00"
    assert next(one.source for one in after.entries if one.on == date(2028, 5, 2)) == "TB 12/TB"
    assert after.provisional_from == CALENDAR.provisional_from, "2027 is still only expected"
    assert calendar_from_data(calendar_to_data(after)) == after


@pytest.mark.rule("U-7")
def test_a_whole_year_replaces_what_was_expected() -> None:
    """Expected days that the notice does not name become ordinary, and the year is no longer provisional."""
    text = TEXT.replace("2028", "2027").replace("06/05", "08/05").replace("02/05", "03/05")
    changed = amendment(CALENDAR, Notice(read_notice(text), "TB", 2027), now=NOW)
    gone = [one.after.on for one in changed.changes if one.before and not one.before.is_worked and one.after.is_worked]

    assert changed.calendar.provisional_from is None
    assert date(2027, 2, 8) in gone
    assert changed.calendar.alarms(NOW.date(), months=3) == ()


@pytest.mark.rule("U-11")
def test_the_version_before_stays_as_it_was() -> None:
    """A single day off, from now on: the old version still answers as it did."""
    day = date(2026, 12, 24)
    after = planned("2026-12-24;nghỉ lễ;Nghỉ tránh bão")

    assert CALENDAR.is_working_day(day)
    assert not after.is_working_day(day)
    assert planned("24/12/2026;ngày thường", calendar=after).is_working_day(day)


def test_a_calendar_file_is_read_too() -> None:
    """Whole-day events, folded lines; the kind is read off the words."""
    found = [(one.on, one.kind, one.exchanged_with) for one in read_notice(ICS)]

    assert found == [
        (date(2027, 4, 30), DayKind.HOLIDAY, None),
        (date(2027, 5, 1), DayKind.HOLIDAY, None),
        (date(2027, 5, 8), DayKind.SWAPPED_IN, date(2027, 5, 3)),
    ]
    assert read_notice(ICS)[0].name_vi == "Ngày Chiến thắng, Quốc tế lao động"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", "không thấy ngày nào", id="nothing"),
        pytest.param("31/02/2027;nghỉ lễ", "Dòng 1: “31/02/2027” không phải ngày", id="no such day"),
        pytest.param("ngày;loại\n30/04/2027;đi chơi", "Dòng 2: loại ngày “đi chơi”", id="no such kind"),
        pytest.param("30/04/2027-01/04/2027;nghỉ lễ", "theo thứ tự", id="backwards"),
        pytest.param("01/01/2027-31/12/2027;nghỉ lễ", "không quá 31 ngày", id="a year off"),
        pytest.param("03/05/2027-04/05/2027;nghỉ bù;;08/05/2027", "từng ngày một", id="a span exchanged"),
        pytest.param("BEGIN:VCALENDAR\nEND:VEVENT", "DTSTART", id="an event without a day"),
        pytest.param("x" * 70_000, "dài quá", id="too long"),
    ],
)
def test_what_cannot_be_read_names_its_line(text: str, said: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(NoticeUnreadable) as caught:
        read_notice(text)

    assert said in caught.value.text_vi


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("30/12/2026;nghỉ lễ\n30/12/2026;nghỉ bù", "30/12/2026 được ghi hai lần", id="twice"),
        pytest.param("23/12/2026;làm bù;;24/12/2026", "ngày làm việc trong tuần", id="a weekday worked instead"),
        pytest.param("26/12/2026;làm bù", "chưa ghi làm bù cho ngày nghỉ nào", id="worked for nothing"),
        pytest.param("26/12/2026;làm bù;;24/12/2026", "đó không phải ngày nghỉ", id="half an exchange"),
        pytest.param("24/12/2026;nghỉ bù;;23/12/2026", "vẫn làm việc", id="off for a working day"),
        pytest.param(
            "24/12/2026;nghỉ bù;;26/12/2026\n26/12/2026;làm bù;;25/12/2026\n25/12/2026;nghỉ bù",
            "không ghi đổi cho nhau",
            id="not each other's",
        ),
        pytest.param("19/11/2026;nghỉ lễ", "đã qua", id="yesterday"),
        pytest.param("20/12/2025;nghỉ lễ", "ngoài lịch hiện có", id="before the calendar"),
        pytest.param("30/04/2028;nghỉ lễ", "nhập thông báo đủ cả năm 2028", id="a year not known yet"),
        pytest.param("01/01/2027;nghỉ lễ;Tết Dương lịch", "không thay đổi ngày nào", id="nothing new"),
    ],
)
def test_contradictions_are_refused(text: str, said: str) -> None:
    """With a sentence an administrator can act on."""
    assert said in refused(text)


@pytest.mark.parametrize(
    ("text", "year", "said"),
    [
        pytest.param(TEXT.replace("30/04", "29/04"), 2028, "Ngày Chiến thắng 30/04", id="a day the law gives"),
        pytest.param(TEXT.replace("01/09/2028 - ", ""), 2028, "Quốc khánh", id="only one day in September"),
        pytest.param(TEXT.replace("25/01/2028", "25/01/2027"), 2028, "khoảng ngày", id="a span over two years"),
        pytest.param(TEXT + "01/01/2029;nghỉ lễ\n", 2028, "không thuộc năm 2028", id="another year's day"),
        pytest.param(TEXT.replace("2028", "2029"), 2029, "năm tiếp theo phải nhập là 2028", id="a year left out"),
    ],
)
def test_a_whole_year_has_to_hold_what_the_law_gives(text: str, year: int, said: str) -> None:
    """A slip in the notice is not a working day on 30 April."""
    with pytest.raises((NoticeRefused, NoticeUnreadable)) as caught:
        planned(text, year=year)

    assert said in caught.value.text_vi
