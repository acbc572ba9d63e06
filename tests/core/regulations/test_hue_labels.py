"""Thừa Thiên Huế: the words of its limits, who is warned, how verdicts are ranked, and who hears of feedback."""

from __future__ import annotations

import pytest

from core.cases.events import ClockWarned
from core.notify.plan import plan
from tests.core.cases.bench import pack_of
from tests.core.regulations.desk import AN
from tests.core.regulations.hue_states import distributed, published

PACK = "thua_thien_hue"


@pytest.mark.rule("HUE-1", "HUE-2", "HUE-3a", "HUE-4a", "HUE-4b", "HUE-5", "A-5", "A-HUE-2")
def test_each_limit_bears_the_name_of_its_step() -> None:
    """Bước 1 … Bước 5, then what comes after the answer."""
    assert {name: clock.label for name, clock in pack_of(PACK).clocks.items()} == {
        "intake": "Tiếp nhận và phân phối",
        "acceptance": "Nhận xử lý",
        "processing": "Xác minh và xử lý",
        "approval": "Phê duyệt",
        "publication": "Biên tập và công khai",
        "clarification": "Làm rõ",
        "rating_window": "Đánh giá kết quả",
    }


@pytest.mark.rule("HUE-2", "A-HUE-1")
def test_hue_2_the_officer_alone_is_warned_ten_minutes_before() -> None:
    """Nobody above hears of a limit that can still be kept."""
    bench = distributed()

    warned = bench.wait(minutes=20).fire("acceptance:d1")

    assert [event.tell for event in getattr(warned, "events", ()) if isinstance(event, ClockWarned)] == [("officer",)]


@pytest.mark.rule("A-5", "A-HUE-3")
def test_verdicts_are_ranked_from_the_worst_to_the_best() -> None:
    """One, two, three: figures and buttons are ordered by it."""
    levels = pack_of(PACK).rating.levels

    assert {name: (level.label, level.score) for name, level in levels.items()} == {
        "dissatisfied": ("Không hài lòng", 1),
        "acceptable": ("Chấp nhận được", 2),
        "satisfied": ("Hài lòng", 3),
    }


@pytest.mark.rule("A-5")
def test_the_officer_hears_of_feedback_and_nobody_else() -> None:
    """Who clarifies is told what is to be clarified."""
    bench = published()
    first = len(bench.events) + 1

    decision = bench.do(AN, "give_feedback", text="Vẫn còn một ổ gà")

    notices = plan(bench.pack, decision.events, first_version=first, holds=lambda _notice, _event: True)
    assert [(one.notification, one.to) for one in notices] == [("officer_feedback", ("officer",))]


@pytest.mark.rule("HUE-C")
def test_hue_c_each_way_in_bears_the_name_people_know() -> None:
    """As pages and exports show it."""
    channels = pack_of(PACK).intake.channels

    assert [channels[name].label for name in ("app", "web", "phone", "facebook", "zalo", "email")] == [
        "Ứng dụng Hue-S",
        "Cổng tương tác",
        "Đường dây nóng",
        "Facebook",
        "Zalo",
        "Thư điện tử",
    ]


@pytest.mark.rule("A-5")
def test_a_verdict_counts_for_thirty_days() -> None:
    """From Friday 20 November; the thirtieth day is a Sunday, so until the end of the Monday after it."""
    bench = published()

    assert bench.due("rating_window") == "2026-12-22 00:00:00"
