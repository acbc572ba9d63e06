"""Lạng Sơn's way up and Đắk Lắk's tiers, ahead of their full packs."""

from __future__ import annotations

import pytest

from core.cases.decide import Actor, Refusal
from tests.core.cases.bench import Bench, at, staff

RECEPTIONIST, DISTRIBUTOR, EDITOR = staff("receptionist"), staff("distributor"), staff("editor")
AN = Actor.reporter("an")
CHAIR, DISTRICT = staff("leader", "ubnd_my_phong"), staff("leader", "huyen_dong")


def in_lang_son(now: str = "2026-11-20 09:00") -> Bench:
    bench = Bench("lang_son", now=at(now)).receive(commune_code="90011")
    bench.do(RECEPTIONIST, "accept")
    return bench


def at_commune(now: str = "2026-11-20 09:00") -> Bench:
    bench = in_lang_son(now)
    bench.do(RECEPTIONIST, "dispatch", agencies=["ubnd_my_phong"])
    return bench


@pytest.mark.rule("LS-7.2a")
def test_a_report_goes_to_the_commune_where_it_happened() -> None:
    """Not to the neighbour, nor to the district."""
    bench = in_lang_son()

    assert bench.refused(RECEPTIONIST, "dispatch", agencies=["xa_khac"]).code == "data_invalid"
    assert bench.refused(RECEPTIONIST, "dispatch", agencies=["huyen_dong"]).code == "data_invalid"
    form = next(move for move in bench.moves(RECEPTIONIST) if move.command == "dispatch").form
    assert [choice.value for choice in form[0].choices] == ["ubnd_my_phong"]
    bench.do(RECEPTIONIST, "dispatch", agencies=["ubnd_my_phong"])


@pytest.mark.rule("LS-7.3a.1", "LS-7.3a.2", "LS-7.3a.3")
def test_the_commune_answers_by_itself() -> None:
    """Assign, handle, approve, tell the reporter: no centre in between."""
    bench = at_commune()
    assert bench.due("assign:d1") == "2026-11-20 10:00:00"
    bench.do(CHAIR, "assign_staff", staff="u-3")
    assert bench.due("handling:d1") == "2026-11-23 17:30:00"
    bench.do(staff("officer", "ubnd_my_phong"), "submit_result", result="Đã dọn")
    bench.do(CHAIR, "approve")

    bench.do(CHAIR, "answer_reporter", text="Đã dọn sạch")

    assert (bench.stage, bench.it.publications[0].kind) == ("answered", "agency")
    assert bench.it.publications[0].agency_id == "ubnd_my_phong"


@pytest.mark.rule("LS-7.3b", "LS-7.4b", "LS-7.5", "A-LS-3")
def test_up_to_the_district_and_on_to_the_centre() -> None:
    """Each level with its own clocks; the last step opens no part, the centre takes the case."""
    bench = at_commune("2026-11-20 10:00")
    assert bench.due("pass_up:d1") == "2026-11-24 00:00:00"
    assert "pass_on:d1" not in bench.it.clocks

    bench.do(CHAIR, "escalate", reason="Vượt thẩm quyền xã")
    assert [(d.agency_id, d.stage) for d in bench.it.dispatches] == [
        ("ubnd_my_phong", "escalated"),
        ("huyen_dong", "sent"),
    ]
    assert bench.due("pass_on:d2") == "2026-11-23 17:30:00"

    bench.do(DISTRICT, "escalate", reason="Vượt thẩm quyền huyện", field_check=True)
    assert (bench.stage, len(bench.it.dispatches)) == ("at_ioc", 2)
    assert bench.due("pass_on:d2") == "2026-11-25 17:30:00"  # two working days with a field check; 24/11 is a holiday
    assert bench.due("ioc") == "2026-11-26 17:30:00"

    bench.do(EDITOR, "request_coordination", agency="so_giao_thong", ask="Ý kiến về đường tỉnh")
    bench.do(staff("partner", "so_giao_thong"), "supply_information", information="Sẽ sửa quý sau")
    bench.do(EDITOR, "publish", text="Sẽ sửa quý sau")
    assert bench.stage == "published"


@pytest.mark.rule("LS-7.2b", "A-LS-2")
def test_one_hour_to_add_data_then_cancelling_is_offered_and_a_late_answer_restores_the_case() -> None:
    """Never cancelled by itself; the same case goes on."""
    bench = Bench("lang_son", now=at("2026-11-20 09:00")).receive(completeness={"content": "given"})
    bench.do(RECEPTIONIST, "request_supplement", fields=["name", "address"])
    assert bench.refused(RECEPTIONIST, "cancel", reason_code="no_supplement").code == "too_early"
    assert not isinstance(bench.until("2026-11-20 10:00:01").fire("supplement"), Refusal)
    assert bench.stage == "waiting_reporter"
    bench.do(RECEPTIONIST, "cancel", reason_code="no_supplement")
    assert bench.it.next_fire is None

    bench.until("2026-11-20 12:00").do(AN, "supply_supplement", fields=["name", "address", "identity_number"])

    assert bench.stage == "received"
    assert bench.due("intake") == "2026-11-20 13:00:00"


@pytest.mark.rule("A-LS-2")
def test_a_case_cancelled_for_another_reason_is_not_restored() -> None:
    """Content against the law stays cancelled."""
    bench = Bench("lang_son").receive()
    bench.do(RECEPTIONIST, "cancel", reason_code="unlawful")

    assert bench.refused(AN, "supply_supplement").code == "condition_not_met"


CITY, UNIT = staff("focal", "huyen_dong"), staff("unit", "xa_khac")


def at_focal(**fields: object) -> Bench:
    bench = Bench("dak_lak", now=at("2026-11-23 10:00")).receive(**fields)
    bench.do(RECEPTIONIST, "accept")
    bench.do(DISTRIBUTOR, "dispatch", agencies=["huyen_dong"])
    return bench


@pytest.mark.rule("DL-II.2.2a", "DL-II.2.2b", "A-DL-1", "A-DL-2")
@pytest.mark.parametrize(("urgency", "due"), [("normal", "2026-11-27 17:30:00"), ("emergency", "2026-11-25 17:30:00")])
def test_the_tier_gives_the_time(urgency: str, due: str) -> None:
    """One working day for emergencies, three for the rest, from distribution."""
    bench = at_focal(urgency=urgency)

    assert bench.due("processing:d1") == due


@pytest.mark.rule("A-DL-1")
def test_the_focal_point_may_change_the_tier_with_a_reason() -> None:
    """The change is judged again from the same start."""
    bench = at_focal()
    bench.do(DISTRIBUTOR, "raise_emergency")
    assert bench.due("processing:d1") == "2026-11-25 17:30:00"

    bench.do(DISTRIBUTOR, "downgrade_emergency", reason="Không khẩn")
    assert bench.due("processing:d1") == "2026-11-27 17:30:00"
    assert bench.it.urgency == "at_once"


@pytest.mark.rule("DL-II.2.2c")
def test_long_work_gets_a_date_and_then_the_date_is_the_limit() -> None:
    """Within three working days the status and a date; on that date the final result."""
    bench = at_focal(category="urban")
    city_says = {"category": "urban", "urgency": "long"}
    assert bench.refused(CITY, "classify", **city_says).details["fields"] == ("reason",)
    plain = at_focal()
    plain.do(CITY, "assign_unit", unit="xa_khac")
    assert plain.refused(UNIT, "commit_interim", status="Chờ", promised_date="2027-01-15").code == "condition_not_met"

    bench.do(CITY, "classify", **city_says, reason="Phải chờ mùa khô")
    bench.do(CITY, "assign_unit", unit="xa_khac")
    bench.do(UNIT, "commit_interim", status="Chờ mùa khô", promised_date="2027-01-15")

    assert bench.it.clocks["processing:d1"].state == "stopped"
    assert bench.due("promise:d1") == "2027-01-16 00:00:00"
    bench.until("2027-01-15 16:00").do(UNIT, "submit_result", result="Đã sửa xong")
    assert bench.it.clocks["promise:d1"].late_s == 0


@pytest.mark.rule("DL-II.2.2d")
@pytest.mark.parametrize(("field_check", "late"), [(False, True), (True, False)])
def test_a_return_has_one_day_or_three_with_a_field_check(field_check: bool, late: bool) -> None:
    """Decided when it is returned: the check that was made gives the longer time."""
    bench = at_focal()
    bench.do(CITY, "assign_unit", unit="xa_khac")
    assert bench.due("return:d1") == "2026-11-25 17:30:00"

    bench.until("2026-11-26 09:00").do(UNIT, "send_back", reason="Không phải địa bàn", field_check=field_check)

    assert (bench.it.clocks["return:d1"].late_s > 0) is late
    assert bench.it.dispatch("d1").stage == "with_focal"


@pytest.mark.rule("A-DL-7", "DL-II.1u", "DL-II.2.3a.u")
def test_reputation_is_flagged_by_one_and_confirmed_by_another() -> None:
    """A second pair of eyes; afterwards the answer is private."""
    bench = at_focal()
    bench.do(DISTRIBUTOR, "flag_reputation", reason="Nêu tên một doanh nghiệp")
    assert bench.refused(DISTRIBUTOR, "confirm_reputation").code == "second_person_needed"
    assert "confirm_reputation" not in bench.names(DISTRIBUTOR)

    bench.do(RECEPTIONIST, "confirm_reputation")
    bench.do(CITY, "assign_unit", unit="xa_khac")
    bench.do(UNIT, "submit_result", result="Đã kiểm tra")

    assert bench.stage == "awaiting_answer"
    assert {"reply_privately"} == bench.names(EDITOR) & {"publish", "reply_privately"}


@pytest.mark.rule("A-DL-7")
def test_the_flag_is_reversible_until_publication() -> None:
    """With a reason, by either of them; nothing else can be cleared that is not set."""
    bench = at_focal()
    assert bench.refused(RECEPTIONIST, "clear_flag", flag="reputation", reason="Không ảnh hưởng").http == 409
    bench.do(DISTRIBUTOR, "flag_reputation", reason="Nêu tên một doanh nghiệp")
    assert bench.refused(RECEPTIONIST, "clear_flag", flag="valuable", reason="Nhầm").code == "nothing_changes"

    bench.do(RECEPTIONIST, "clear_flag", flag="reputation", reason="Không ảnh hưởng")

    assert bench.it.flags.reputation == "none"


@pytest.mark.rule("DL-II.2.3c.2")
def test_a_case_is_reopened_and_distributed_again() -> None:
    """Only where the pack says so."""
    bench = at_focal()
    bench.do(CITY, "assign_unit", unit="xa_khac")
    bench.do(UNIT, "submit_result", result="Đã kiểm tra")
    bench.do(EDITOR, "publish", text="Đã kiểm tra")

    bench.do(RECEPTIONIST, "reopen", reason="Người phản ánh chưa hài lòng")

    assert bench.stage == "accepted"
    bench.do(DISTRIBUTOR, "dispatch", agencies=["huyen_dong"])
    assert len(bench.it.dispatches) == 2
