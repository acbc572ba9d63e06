"""Đắk Lắk, rule by rule: verified, handled or handed down, promised, helped with, returned, replied to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.cases.bench import Bench, pack_of, staff
from tests.core.regulations.desk import DISTRIBUTOR, EDITOR, RECEPTIONIST
from tests.core.regulations.dl_states import (
    CITY,
    EVERYBODY,
    HANDLED,
    NAME,
    UNIT,
    by_letter,
    coordinating,
    long_work,
    processing,
    promise_told,
    promised,
    sent_back,
    with_focal,
)
from tests.core.regulations.limits import with_option
from tests.core.regulations.table import told


@pytest.mark.rule("DL-II.2.1.B1", "A-DL-5")
def test_dl_ii_2_1_b1_the_focal_point_verifies_the_content() -> None:
    """One role for the focal point and the Tổ xử lý phản ánh."""
    bench = with_focal()

    bench.do(CITY, "log_verification_call", outcome="reached", note="Đã đến hiện trường")

    assert bench.it.verification == "reached"
    assert "Tổ xử lý phản ánh" in bench.pack.roles["focal"].label


@pytest.mark.rule("DL-II.2.1.B2")
def test_dl_ii_2_1_b2_handled_directly_or_given_to_a_unit_of_the_city() -> None:
    """Units and wards below it; nobody else's."""
    direct = with_focal()
    direct.do(CITY, "assign_staff", staff="u-5")
    direct.do(CITY, "submit_result", handled_at=HANDLED, result="Đã nhắc nhở")
    assert direct.stage == "awaiting_answer"

    bench = with_focal()
    assert bench.refused(CITY, "assign_unit", unit="so_giao_thong").code == "data_invalid"
    bench.do(CITY, "assign_unit", unit="ubnd_ea_xanh")
    bench.do(staff("unit", "ubnd_ea_xanh"), "submit_result", handled_at=HANDLED, result="Đã dọn")

    assert bench.stage == "awaiting_answer"


@pytest.mark.rule("DL-II.2.1.B3", "DL-II.2.2e")
def test_dl_ii_2_1_b3_a_reply_holds_time_result_and_photos_and_reaches_both() -> None:
    """IOC and focal point hear of it at once; without the time of handling it is no reply."""
    bench = processing()
    refusal = bench.refused(UNIT, "submit_result", result="Đã vá")
    assert refusal.details["fields"] == ("handled_at",)

    bench.do(UNIT, "submit_result", handled_at=HANDLED, result="Đã vá", evidence=["anh-1", "anh-2"])

    latest = bench.it.dispatch("d1").latest
    assert latest is not None
    assert (latest.handled_at is not None, latest.evidence) == (True, ("anh-1", "anh-2"))
    assert told(bench)[-2:] == [("editor", "task_supplied"), ("focal", "task_supplied")]


@pytest.mark.rule("DL-II.2.1.B3", "DL-II.2.2e", "DL-II.1u")
def test_dl_ii_2_1_b3_a_written_reply_to_a_letter_is_entered_with_its_scan() -> None:
    """In writing if it came in writing: the IOC enters it, and never without the paper."""
    bench = by_letter()
    bare = bench.refused(RECEPTIONIST, "submit_result", handled_at=HANDLED, result="Đã kiểm tra")
    assert bare.details["fields"] == ("evidence",)

    bench.do(RECEPTIONIST, "submit_result", handled_at=HANDLED, result="Đã kiểm tra", evidence=["cong-van"])

    assert (bench.stage, bench.it.dispatch("d1").stage) == ("awaiting_answer", "done")
    plain = processing()
    refusal = plain.refused(
        RECEPTIONIST, "submit_result", handled_at=HANDLED, result="Đã kiểm tra", evidence=["cong-van"]
    )
    assert refusal.code == "condition_not_met"


@pytest.mark.rule("DL-II.2.2c")
def test_dl_ii_2_2c_a_date_is_for_long_work_and_reaches_the_citizen() -> None:
    """Status and date from the focal point; the IOC tells the citizen; the task stays open until the date."""
    assert processing().refused(CITY, "commit_interim", status="Chờ", promised_date="2027-01-15").code == (
        "condition_not_met"
    )
    bench = long_work()
    assert "commit_interim" not in bench.names(UNIT)
    past = bench.refused(CITY, "commit_interim", status="Chờ", promised_date="2026-11-20")
    assert past.code == "data_invalid"
    bench.do(CITY, "commit_interim", status="Chờ mùa khô", promised_date="2027-01-15")
    assert (bench.stage, [task.role for task in bench.tasks()]) == ("awaiting_interim", ["editor", "focal"])

    bench.do(EDITOR, "publish", text="Dự kiến xong ngày 15/01/2027.")

    assert (bench.stage, bench.it.dispatch("d1").stage) == ("in_progress", "promised")
    assert bench.it.publications[0].interim
    bench.until("2027-01-15 16:00").do(UNIT, "submit_result", handled_at=HANDLED, result="Đã sửa xong")
    bench.do(EDITOR, "publish", text="Đã sửa xong.")
    assert [item.interim for item in bench.it.publications] == [True, False]
    assert bench.stage == "answered"


@pytest.mark.rule("DL-II.2.2c")
@pytest.mark.parametrize("by", ["focal", "unit"])
def test_dl_ii_2_2c_other_units_are_asked_to_help(by: str) -> None:
    """They accept and supply, or refuse with a reason; the lead keeps the case."""
    bench = processing()

    bench.do(EVERYBODY[by], "request_coordination", agency="cty_dien_luc", ask="Di dời cột điện")
    bench.do(staff("partner", "cty_dien_luc"), "accept_coordination", staff="u-8")
    bench.do(staff("partner", "cty_dien_luc"), "supply_information", information="Đã di dời", files=["anh-3"])

    assert bench.it.coordinations[0].stage == "supplied"
    assert told(bench)[-2:] == [("focal", "task_supplied"), ("unit", "task_supplied")]
    assert bench.it.dispatch("d1").stage == "processing"


@pytest.mark.rule("DL-II.2.2c")
def test_dl_ii_2_2c_a_refused_request_leaves_everything_as_it_was() -> None:
    """With its reason in the record."""
    bench = coordinating()

    bench.do(staff("partner", "cty_dien_luc"), "refuse_coordination", reason="Cột của đơn vị khác")

    assert (bench.it.coordinations[0].stage, bench.stage) == ("refused", "in_progress")


@pytest.mark.rule("DL-II.2.2d")
def test_dl_ii_2_2d_a_return_goes_to_the_city_for_another_unit() -> None:
    """Not to the IOC; the unit is free of it and the focal point names the next."""
    bench = sent_back()
    assert (bench.stage, bench.it.dispatch("d1").stage, bench.it.dispatch("d1").unit_id) == (
        "in_progress",
        "with_focal",
        None,
    )
    assert not bench.names(UNIT)
    assert told(bench)[-1] == ("focal", "task_new")

    bench.do(CITY, "assign_unit", unit="phong_tai_nguyen")

    assert bench.tasks()[0].agency_id == "phong_tai_nguyen"


@pytest.mark.rule("A-DL-6", "DL-II.2.1.B3")
def test_a_dl_6_option_a_leader_approves(tmp_path: Path) -> None:
    """Off as the text has it; switched on, a result waits for the leader."""
    assert "approve" not in {move.command for move in pack_of(NAME).moves.values()}
    bench = with_option(Bench(NAME), tmp_path, 'readings: {A-DL-6: {choice: "on"}}').receive()
    bench.do(RECEPTIONIST, "accept")
    bench.do(DISTRIBUTOR, "dispatch", agencies=["ubnd_thanh_pho"])
    bench.do(CITY, "submit_result", handled_at="2026-11-20T08:00:00+07:00", result="Đã làm")
    assert bench.stage == "in_progress"

    bench.do(staff("leader", "ubnd_thanh_pho"), "approve")

    assert bench.stage == "awaiting_answer"


@pytest.mark.rule("DL-II.2.2c", "DL-II.2.2e")
@pytest.mark.parametrize("state", [promised, promise_told])
def test_dl_ii_2_2e_a_promise_is_not_the_end(state: type[Bench]) -> None:
    """The final result is always entered: until then the case is open, and the date is somebody's task."""
    bench = state()

    assert bench.pack.stage("case", bench.stage).kind == "open"
    assert "focal" in [task.role for task in bench.tasks()]
