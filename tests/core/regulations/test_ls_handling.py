"""Lạng Sơn, rule by rule: where it goes, who handles it, upwards, opinions, coordination, deadlock."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.cases.automatic import automatic_command
from core.cases.decide import Actor
from core.cases.view import is_published
from tests.core.cases.bench import SYSTEM, Bench, pack_of, staff
from tests.core.regulations.desk import DISTRIBUTOR, EDITOR, RECEPTIONIST
from tests.core.regulations.limits import with_option
from tests.core.regulations.ls_states import (
    BOARD,
    CHAIR,
    DISTRICT,
    EVERYBODY,
    NAME,
    OFFICE,
    PARTNER,
    STATES,
    accepted,
    at_commune,
    at_ioc,
    received,
)
from tests.core.regulations.table import told


@pytest.mark.rule("LS-1.2", "LS-2.3")
def test_ls_1_2_every_kind_of_user_stands_in_the_tree() -> None:
    """Sở, ban, ngành; UBND huyện, xã; Trung tâm IOC; public-service enterprises."""
    kinds = {item.kind for item in Bench(NAME).agencies.agencies.values()}

    assert {"department", "district", "commune", "centre", "enterprise", "central_body"} <= kinds


@pytest.mark.rule("LS-2.4")
def test_ls_2_4_officers_include_heads_of_villages_and_neighbourhoods() -> None:
    """The role says so, and whoever holds it handles a case."""
    label = pack_of(NAME).roles["officer"].label
    assert "trưởng thôn" in label
    assert "tổ trưởng tổ dân phố" in label
    bench = at_commune()
    bench.do(CHAIR, "assign_staff", staff="truong-thon")

    bench.do(staff("officer", "ubnd_hoa_dao", person="truong-thon"), "submit_result", result="Đã dọn")

    assert bench.it.dispatch("d1").stage == "awaiting_approval"


@pytest.mark.rule("LS-3.1", "LS-13.2")
def test_ls_3_1_every_step_names_the_one_person_who_took_it() -> None:
    """Personally answerable: two officers of one commune are two names in the record."""
    bench = at_commune()
    bench.do(staff("leader", "ubnd_hoa_dao", person="chu-tich"), "assign_staff", staff="can-bo-1")
    bench.do(staff("officer", "ubnd_hoa_dao", person="can-bo-1"), "submit_result", result="Đã dọn")

    assert [event.by.id for event in bench.events if event.kind in ("staff_assigned", "result_submitted")] == [
        "chu-tich",
        "can-bo-1",
    ]


@pytest.mark.rule("LS-7.2a", "LS-7.2")
def test_ls_7_2a_it_goes_to_the_commune_where_it_happened() -> None:
    """Not to the neighbour, nor the district, nor two at once; the form offers only that one."""
    bench = accepted()

    for wrong in (["ubnd_suoi_trong"], ["ubnd_song_ky"], ["so_y_te"]):
        assert bench.refused(DISTRIBUTOR, "dispatch", agencies=wrong).code == "data_invalid"
    both = bench.refused(DISTRIBUTOR, "dispatch", agencies=["ubnd_hoa_dao", "ubnd_suoi_trong"])
    assert both.code == "agency_count"
    form = next(move for move in bench.moves(DISTRIBUTOR) if move.command == "dispatch").form
    assert [choice.value for choice in form[0].choices] == ["ubnd_hoa_dao"]
    bench.do(DISTRIBUTOR, "dispatch", agencies=["ubnd_hoa_dao"])


@pytest.mark.rule("LS-7.2a", "A-TG-6")
def test_ls_7_2a_the_product_may_send_it_there_once_a_person_accepted_it() -> None:
    """Routing by place, never before somebody looked at it."""
    bench = received()
    assert automatic_command(bench.ctx(SYSTEM), bench.it) is None
    bench.do(RECEPTIONIST, "accept")

    command = automatic_command(bench.ctx(SYSTEM), bench.it)

    assert command is not None
    bench.do(SYSTEM, "dispatch", **command.model_dump(include={"agencies"}))
    assert [item.agency_id for item in bench.it.dispatches] == ["ubnd_hoa_dao"]


@pytest.mark.rule("LS-7.2a")
def test_ls_7_2a_without_a_known_commune_a_person_chooses() -> None:
    """Nothing is sent by itself to a place nobody knows."""
    bench = accepted(commune_code=None)
    assert automatic_command(bench.ctx(SYSTEM), bench.it) is None

    bench.do(DISTRIBUTOR, "dispatch", agencies=["ubnd_cua_dong"])

    assert bench.stage == "in_progress"


@pytest.mark.rule("LS-7.3a.3", "LS-7.4a")
@pytest.mark.parametrize(
    ("state", "leader", "agency"), [("at_commune", CHAIR, "ubnd_hoa_dao"), ("at_district", DISTRICT, "ubnd_song_ky")]
)
def test_ls_7_3a_3_the_agency_answers_through_the_software_and_nobody_edits(
    state: str, leader: Actor, agency: str
) -> None:
    """Assign, handle, approve, tell the reporter: the same three acts at both levels, no centre in between."""
    bench = STATES[state]()
    bench.do(leader, "assign_staff", staff="u-3")
    bench.do(staff("officer", agency), "submit_result", result="Đã dọn", evidence=["anh-2"])
    bench.do(leader, "approve")
    assert not bench.names(EDITOR) & {"publish", "edit_and_approve", "centre_return"}

    bench.do(leader, "answer_reporter", text="Đã dọn sạch", media=["anh-2"])

    answer = bench.it.publications[0]
    assert (bench.stage, answer.kind, answer.agency_id, answer.media) == ("answered", "agency", agency, ("anh-2",))
    assert is_published(bench.it, bench.pack)
    assert told(bench)[-1] == ("reporter", "result_published")


@pytest.mark.rule("LS-7.3b", "LS-7.4b")
def test_ls_7_3b_only_upwards_one_level_at_a_time() -> None:
    """Commune → district → IOC; the last step opens no part, the centre has the case."""
    bench = at_commune()

    bench.do(CHAIR, "escalate", reason="Phức tạp")
    assert [(item.agency_id, item.stage) for item in bench.it.dispatches] == [
        ("ubnd_hoa_dao", "escalated"),
        ("ubnd_song_ky", "sent"),
    ]
    assert not bench.moves(CHAIR)
    bench.do(DISTRICT, "escalate", reason="Vượt thẩm quyền huyện")

    assert (bench.stage, len(bench.it.dispatches)) == ("at_ioc", 2)
    assert [(task.role, task.agency_id) for task in bench.tasks()] == [("editor", None)]


@pytest.mark.rule("LS-7.5")
def test_ls_7_5_the_ioc_asks_the_leaders_before_it_publishes() -> None:
    """Opinion, coordination with departments, publication."""
    bench = at_ioc()
    assert bench.refused(EDITOR, "publish", text="Sẽ sửa").code == "condition_not_met"
    assert bench.refused(BOARD, "decide_lead", agency="so_giao_thong").code == "stage_not_allowed"

    bench.do(EDITOR, "refer_to_board", reason="Đường tỉnh hư hỏng nặng")
    assert [(task.role, task.label) for task in bench.tasks()] == [("board", "Chờ ý kiến lãnh đạo UBND tỉnh")]
    assert bench.refused(EDITOR, "publish", text="Sẽ sửa").code == "stage_not_allowed"
    bench.do(BOARD, "decide_lead", agency="so_giao_thong", note="Giao Sở chủ trì")
    assert bench.it.lead_agency == "so_giao_thong"
    bench.do(EDITOR, "consult", agencies=["so_giao_thong"], note="Đề nghị cho ý kiến")
    bench.do(EDITOR, "request_coordination", agency="so_giao_thong", ask="Kế hoạch sửa chữa")
    bench.do(PARTNER, "accept_coordination", staff="u-9")
    bench.do(PARTNER, "supply_information", information="Sửa trong quý I", files=["ke-hoach"])
    bench.do(EDITOR, "publish", text="Đường sẽ được sửa trong quý I.", media=["ke-hoach"])

    assert (bench.stage, bench.it.publications[0].kind) == ("published", "public")


@pytest.mark.rule("LS-7.5", "A-LS-5")
@pytest.mark.parametrize("agency", ["so_giao_thong", "cong_an", "cty_cap_nuoc", "vien_thong"])
@pytest.mark.parametrize(("state", "by"), [("at_ioc", "editor"), ("at_commune", "leader"), ("at_district", "district")])
def test_a_ls_5_departments_and_enterprises_are_reached_by_coordination(state: str, by: str, agency: str) -> None:
    """No step sends to them; the IOC and whoever has the case ask them, and they may refuse with a reason."""
    bench = STATES[state]()
    bench.do(EVERYBODY[by], "request_coordination", agency=agency, ask="Đề nghị xử lý phần của mình")

    bench.do(staff("partner", agency), "refuse_coordination", reason="Không thuộc mạng lưới của công ty")

    assert bench.it.coordinations[0].stage == "refused"


@pytest.mark.rule("A-LS-5")
def test_a_ls_5_option_direct_routes(tmp_path: Path) -> None:
    """Switched on by a deployment: the IOC sends to a department as well."""
    option = "readings: {A-LS-5: {choice: direct_routes}}"
    bench = with_option(Bench(NAME), tmp_path, option).receive(commune_code="90101")
    bench.do(RECEPTIONIST, "accept")

    bench.do(DISTRIBUTOR, "dispatch", agencies=["vien_thong"])

    assert bench.it.dispatches[0].agency_id == "vien_thong"
    reading = pack_of(NAME).readings["A-LS-5"]
    assert (reading.choice, reading.options) == ("coordination", ("coordination", "direct_routes"))


@pytest.mark.rule("LS-4.6")
@pytest.mark.parametrize("state", ["at_commune", "at_district", "at_ioc"])
def test_ls_4_6_without_agreement_the_office_compiles_and_leads(state: str) -> None:
    """Its stage, its task; it hears the agencies, names who leads, and the case is the province's."""
    bench = STATES[state]()
    by = {"at_commune": CHAIR, "at_district": DISTRICT, "at_ioc": EDITOR}[state]
    bench.do(by, "report_deadlock", reason="Xã và Sở không thống nhất")
    assert "office" in [task.role for task in bench.tasks()]
    assert ("office", "task_new") in told(bench)

    bench.do(OFFICE, "consult", agencies=["so_giao_thong"], note="Đề nghị báo cáo")
    bench.do(OFFICE, "decide_lead", agency="so_giao_thong", note="Sở chủ trì")

    assert (bench.stage, bench.it.lead_agency) == ("at_ioc", "so_giao_thong")
    assert {item.stage for item in bench.it.dispatches} <= {"escalated"}
    assert bench.it.clocks["ioc"].state == "running"


@pytest.mark.rule("LS-6.3", "LS-7.3a.1", "LS-7.3a.2")
def test_ls_6_3_officers_are_told_of_their_work() -> None:
    """Leaders and officers, in their app or on their web: whoever is to act next."""
    notices = pack_of(NAME).notifications

    assert "LS-6.3" in notices["leader_new"].cites
    assert "LS-6.3" in notices["officer_new"].cites
    assert (notices["leader_new"].on, notices["officer_new"].on) == (("dispatch/sent",), ("assign_staff",))
