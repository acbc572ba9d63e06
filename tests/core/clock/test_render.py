"""Due times in words: a table of whole sentences, so that a change of wording is seen."""

from __future__ import annotations

import json
from datetime import date

import pytest

from core.clock import Due, Role, due, limit_vi, load_calendar, sentence_en, sentence_vi
from core.clock.phrases import ENGLISH, VIETNAMESE
from tests.core.clock.support import at, quang_binh

CALENDAR = load_calendar()
SENTENCES = [
    (
        "2wh",
        "2026-11-20 16:45",
        "2wh from Fri 20/11/2026 16:45 → Mon 23/11/2026 08:45: 45 min Fri 20/11, 75 min Mon 23/11; "
        "off Sat 21/11 – Sun 22/11; QĐ 1",
        "2 giờ làm việc kể từ 16:45 thứ Sáu 20/11/2026, hạn 08:45 thứ Hai 23/11/2026: tính 45 phút thứ Sáu 20/11, "
        "1 giờ 15 phút thứ Hai 23/11; nghỉ thứ Bảy 21/11 – Chủ nhật 22/11; QĐ 1",
    ),
    (
        "2wh",
        "2026-08-22 08:00:30",
        "2wh from Sat 22/08/2026 08:00:30 → Sat 22/08/2026 10:00:30: 120 min Sat 22/08 (swapped-in working day); QĐ 1",
        "2 giờ làm việc kể từ 08:00:30 thứ Bảy 22/08/2026, hạn 10:00:30 thứ Bảy 22/08/2026: "
        "tính 2 giờ thứ Bảy 22/08 (ngày làm bù); QĐ 1",
    ),
    (
        "1wd",
        "2026-11-23 10:00",
        "1wd from Mon 23/11/2026 10:00 → Wed 25/11/2026 17:30: counted Wed 25/11; "
        "off Tue 24/11 (Vietnam Cultural Day); QĐ 1",
        "1 ngày làm việc kể từ 10:00 thứ Hai 23/11/2026, hạn 17:30 thứ Tư 25/11/2026: tính các ngày thứ Tư 25/11; "
        "nghỉ thứ Ba 24/11 (Ngày Văn hóa Việt Nam); QĐ 1",
    ),
    (
        "1d",
        "2026-11-20 10:00",
        "1d from Fri 20/11/2026 10:00 → Mon 23/11/2026 24:00: counted Sat 21/11; off Sun 22/11; "
        "moved to Mon 23/11, the last day being a day off; QĐ 1",
        "1 ngày kể từ 10:00 thứ Sáu 20/11/2026, hạn 24:00 thứ Hai 23/11/2026: tính các ngày thứ Bảy 21/11; "
        "nghỉ Chủ nhật 22/11; ngày cuối là ngày nghỉ nên chuyển sang thứ Hai 23/11; QĐ 1",
    ),
    (
        "10min",
        "2026-11-22 02:00",
        "10min from Sun 22/11/2026 02:00 → Sun 22/11/2026 02:10: clock time, day and night; QĐ 1",
        "10 phút kể từ 02:00 Chủ nhật 22/11/2026, hạn 02:10 Chủ nhật 22/11/2026: tính liên tục cả ngày lẫn đêm; QĐ 1",
    ),
    (
        "win",
        "2026-11-20 22:00:01",
        "before 07:00 from Fri 20/11/2026 22:00:01 → before Sat 21/11/2026 07:00: clock time, day and night; QĐ 1",
        "Trước 07:00 kể từ 22:00:01 thứ Sáu 20/11/2026, hạn trước 07:00 thứ Bảy 21/11/2026: "
        "tính liên tục cả ngày lẫn đêm; QĐ 1",
    ),
    (
        "before 18",
        "2026-12-15 00:00",
        "before 18 from Tue 15/12/2026 00:00 → before Fri 18/12/2026 (last good day Thu 17/12); QĐ 1",
        "Trước ngày 18 kể từ 00:00 thứ Ba 15/12/2026, hạn trước thứ Sáu 18/12/2026 (chậm nhất hết thứ Năm 17/12); QĐ 1",
    ),
    (
        "date",
        "2026-11-20 10:00",
        "date from Fri 20/11/2026 10:00 → Sat 28/11/2026 24:00; QĐ 1",
        "Ngày đã hẹn kể từ 10:00 thứ Sáu 20/11/2026, hạn 24:00 thứ Bảy 28/11/2026; QĐ 1",
    ),
]


@pytest.mark.parametrize(("allowance", "start", "english", "vietnamese"), SENTENCES, ids=[s[0] for s in SENTENCES])
def test_a_due_time_in_one_sentence(allowance, start, english, vietnamese):
    written = quang_binh() if allowance == "win" else allowance
    limit = due(at(start), written, CALENDAR, promised=date(2026, 11, 28), cite="QĐ 1")
    assert sentence_en(limit) == english
    assert sentence_vi(limit) == vietnamese
    assert limit_vi(limit) in vietnamese


@pytest.mark.parametrize(
    ("length", "words"),
    [("3599.4763s", "59 phút 59 giây"), ("1.5s", "1 giây"), ("0.4s", "chưa đến 1 giây"), ("2h", "2 giờ")],
)
def test_people_read_whole_seconds(length, words):
    """What is left of a limit at any instant; the notation keeps the rest."""
    assert VIETNAMESE.allowance(length) == words
    assert ENGLISH.allowance(length) == length


def test_the_slices_name_what_they_met():
    limit = due(at("2026-11-23 10:00"), "8wh", CALENDAR, rule="X-1")
    met = [(piece.role, piece.name_vi) for piece in limit.explanation.slices]
    assert met == [
        (Role.COUNTED, ""),
        (Role.LUNCH, ""),
        (Role.COUNTED, ""),
        (Role.CLOSED, ""),
        (Role.DAY_OFF, "Ngày Văn hóa Việt Nam"),
        (Role.CLOSED, ""),
        (Role.COUNTED, ""),
    ]


def test_the_stored_form_is_plain_json():
    stored = json.loads(json.dumps(due(at("2026-11-20 16:45"), "2wh", CALENDAR, rule="TG-6.3").to_dict()))
    assert stored["at"] == "2026-11-23T08:45:00+07:00"
    assert stored["explanation"]["rule"] == "TG-6.3"
    assert [piece["to"][11:16] for piece in stored["explanation"]["slices"] if piece["role"] == "counted"] == [
        "17:30",
        "08:45",
    ]


def test_days_alike_are_stored_together_and_read_back_one_by_one():
    month = due(at("2026-11-02 09:00"), "30d", CALENDAR)
    stored = json.loads(json.dumps(month.to_dict()))
    assert len(month.explanation.slices) > 30
    assert len(stored["explanation"]["slices"]) < 15
    assert Due.from_dict(stored) == month
