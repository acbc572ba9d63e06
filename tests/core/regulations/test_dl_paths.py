"""Đắk Lắk from end to end: the straight way, the longest with its total, and the way of a letter."""

from __future__ import annotations

import pytest

from core.cases.decide import Actor
from tests.core.cases.bench import kinds
from tests.core.regulations.desk import AN, DISTRIBUTOR, EDITOR, RECEPTIONIST
from tests.core.regulations.dl_states import CITY, PARTNER, UNIT, received
from tests.core.regulations.limits import lateness, walk


@pytest.mark.rule(
    "DL-II.1.B1", "DL-II.1.B2", "DL-II.1.B3", "DL-II.2.1.B1", "DL-II.2.1.B2", "DL-II.2.1.B3", "DL-II.2.3a"
)
def test_the_straight_way() -> None:
    """Received, authenticated, classified, sent, verified, given to a unit, handled, answered, rated."""
    bench = walk(
        received("2026-11-20 08:00"),
        ("2026-11-20 08:05", RECEPTIONIST, "accept", {}),
        ("2026-11-20 08:10", RECEPTIONIST, "log_verification_call", {"outcome": "reached"}),
        ("2026-11-20 08:15", RECEPTIONIST, "classify", {"category": "urban_infrastructure", "urgency": "at_once"}),
        ("2026-11-20 08:20", DISTRIBUTOR, "dispatch", {"agencies": ["ubnd_thanh_pho"]}),
        ("2026-11-20 09:00", CITY, "log_verification_call", {"outcome": "reached"}),
        ("2026-11-20 09:10", CITY, "assign_unit", {"unit": "phong_do_thi"}),
        (
            "2026-11-23 16:00",
            UNIT,
            "submit_result",
            {"handled_at": "2026-11-23T15:00:00+07:00", "result": "Đã vá", "evidence": ["anh-2"]},
        ),
        ("2026-11-23 16:30", EDITOR, "publish", {"text": "Đã vá mặt đường.", "media": ["anh-2"]}),
        ("2026-11-23 19:00", AN, "rate", {"level": "satisfied"}),
    )

    assert (bench.stage, lateness(bench)) == ("answered", {})
    assert not bench.tasks()
    assert kinds(event for event in bench.events if not event.kind.startswith("clock_")) == [
        "case_received",
        "case_accepted",
        "case_moved",
        "verification_call_logged",
        "case_classified",
        "case_dispatched",
        "case_moved",
        "verification_call_logged",
        "unit_assigned",
        "dispatch_moved",
        "result_submitted",
        "dispatch_moved",
        "case_moved",
        "answer_published",
        "case_moved",
        "answer_rated",
    ]


@pytest.mark.rule("DL-II.1t", "DL-II.2.2c", "DL-II.2.2d", "DL-II.2.3b", "DL-II.2.3c.3")
def test_the_longest_lawful_way() -> None:
    """`4wh → 3wd → date → 4wh`: a return on the way, help of others, a promise kept on its day, and nobody late."""
    done = {"handled_at": "2027-01-15T15:00:00+07:00", "result": "Đã làm xong"}
    bench = walk(
        received("2026-11-23 15:30"),
        ("2026-11-23 16:00", RECEPTIONIST, "accept", {}),
        ("2026-11-23 16:10", RECEPTIONIST, "classify", {"category": "urban_infrastructure", "urgency": "long"}),
        ("2026-11-25 09:30", DISTRIBUTOR, "dispatch", {"agencies": ["ubnd_thanh_pho"]}),
        ("2026-11-25 10:00", CITY, "assign_unit", {"unit": "phong_tai_nguyen"}),
        (
            "2026-11-26 17:30",
            Actor("u-x", frozenset({"unit"}), "phong_tai_nguyen"),
            "send_back",
            {"reason": "Thuộc phòng khác"},
        ),
        ("2026-11-27 08:00", CITY, "assign_unit", {"unit": "phong_do_thi"}),
        ("2026-11-27 09:00", UNIT, "request_coordination", {"agency": "cty_dien_luc", "ask": "Di dời cột"}),
        ("2026-11-30 17:30", CITY, "commit_interim", {"status": "Chờ mùa khô", "promised_date": "2027-01-15"}),
        ("2026-12-01 14:30", EDITOR, "publish", {"text": "Dự kiến xong ngày 15/01/2027."}),
        ("2026-12-20 09:00", PARTNER, "supply_information", {"information": "Đã di dời"}),
        ("2027-01-15 23:59", UNIT, "submit_result", done),
        ("2027-01-18 11:30", EDITOR, "publish", {"text": "Đã làm xong."}),
    )

    assert (bench.stage, lateness(bench)) == ("answered", {})
    assert {name: bench.due(name) for name in ("processing:d1", "promise:d1", "answer")} == {
        "processing:d1": "2026-11-30 17:30:00",
        "promise:d1": "2027-01-16 00:00:00",
        "answer": "2027-01-18 11:30:00",
    }
    assert f"{bench.it.publications[-1].at - bench.it.received_at}" == "55 days, 20:00:00"


@pytest.mark.rule("DL-II.1u", "DL-II.2.3a.u", "DL-II.2.1.B3", "A-DL-7")
def test_the_way_of_a_letter() -> None:
    """Flagged, confirmed, sent by letter, answered on paper, entered with its scan, told alone."""
    bench = walk(
        received("2026-11-20 08:00"),
        ("2026-11-20 08:05", RECEPTIONIST, "accept", {}),
        ("2026-11-20 08:10", RECEPTIONIST, "flag_reputation", {"reason": "Nêu tên một trường học"}),
        ("2026-11-20 08:20", EDITOR, "confirm_reputation", {}),
        ("2026-11-20 09:00", DISTRIBUTOR, "send_letter", {"agency": "ubnd_thanh_pho", "text": "Kính gửi"}),
        ("2026-11-20 09:10", RECEPTIONIST, "notify_reporter", {"text": "Đã gọi điện báo anh/chị"}),
        (
            "2026-11-25 10:00",
            RECEPTIONIST,
            "submit_result",
            {"handled_at": "2026-11-25T08:00:00+07:00", "result": "Theo công văn 22", "evidence": ["cong-van-22"]},
        ),
        ("2026-11-25 14:00", EDITOR, "reply_privately", {"text": "Nội dung đã được kiểm tra."}),
        ("2026-11-26 08:00", AN, "rate", {"level": "acceptable"}),
    )

    assert (bench.stage, lateness(bench)) == ("answered_privately", {})
    assert "cong-van-22" in bench.it.evidence
