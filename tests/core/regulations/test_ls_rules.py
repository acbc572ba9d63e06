"""Lạng Sơn, rule by rule: what is asked of a reporter, who refuses, where it goes, deadlock, marks, and the lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.cases.automatic import automatic_command
from core.cases.decide import Actor
from core.cases.view import is_published, public_view
from core.intake.rules import DiversionKind
from core.intake.signals.diversion import read_diversion
from core.intake.words import Text
from core.regulations.loader import load_pack
from tests.core.cases.bench import SYSTEM, Bench, pack_of, staff
from tests.core.regulations.limits import with_option
from tests.core.regulations.ls_states import (
    AN,
    BOARD,
    CHAIR,
    DISTRIBUTOR,
    DISTRICT,
    EDITOR,
    EVERYBODY,
    NAME,
    OFFICE,
    PARTNER,
    RECEPTIONIST,
    STATES,
    accepted,
    answered,
    approved,
    at_commune,
    at_ioc,
    late_at_commune,
    published,
    received,
    secret,
)
from tests.core.regulations.table import told


@pytest.mark.rule("LS-5.1", "LS-5.1c", "LS-5.2")
def test_ls_5_1_six_required_fields_in_the_words_of_the_text() -> None:
    """Họ và tên, địa chỉ liên hệ; số điện thoại; số CMND hoặc căn cước; nội dung; địa điểm. Media if there is any."""
    intake = pack_of(NAME).intake

    assert [(item.field, item.label) for item in intake.required.values()] == [
        ("name", "Họ và tên"),
        ("address", "Địa chỉ liên hệ"),
        ("phone", "Số điện thoại"),
        ("identity_number", "Số CMND hoặc căn cước công dân"),
        ("content", "Nội dung"),
        ("place", "Địa điểm"),
    ]
    assert intake.recommended == ("media",)
    assert "chịu trách nhiệm trước pháp luật" in intake.consent


@pytest.mark.rule("LS-5.1", "LS-5.1c", "LS-7.2a")
@pytest.mark.parametrize("missing", ["name", "address", "phone", "identity_number", "content", "place"])
def test_ls_7_2a_a_report_without_one_of_them_cannot_be_accepted(missing: str) -> None:
    """On every channel; asked for, or declared to be lacking with a reason (A-8)."""
    given = dict.fromkeys(("name", "address", "phone", "identity_number", "content", "place"), "given")
    bench = received(completeness={name: state for name, state in given.items() if name != missing})

    refusal = bench.refused(RECEPTIONIST, "accept")

    assert refusal.details["fields"] == (missing,)
    assert "LS-5.1" in refusal.rules


@pytest.mark.rule("LS-6.1", "LS-14.3")
def test_ls_6_1_seven_fields_verbatim() -> None:
    """ "An ninh trật tự; an toàn giao thông; …": data, so that agencies may propose new ones."""
    labels = [item.label for item in pack_of(NAME).intake.categories.values()]

    sentence = "; ".join(labels[:-1]) + " và " + labels[-1][0].lower() + labels[-1][1:]
    assert len(labels) == 7
    assert sentence.lower() == (
        "an ninh trật tự; an toàn giao thông; vệ sinh môi trường; y tế; trật tự đô thị; "
        "viễn thông và các hành vi vi phạm ở một số lĩnh vực khác"
    )


@pytest.mark.rule("LS-14.3")
def test_ls_14_3_a_proposed_field_is_a_line_of_data(tmp_path: Path) -> None:
    """No code changes; a case can be put there at once."""
    option = "intake: {categories: {tourism: {label: Du lịch, cites: LS-14.3}}}"
    bench = with_option(Bench(NAME), tmp_path, option).receive()

    bench.do(RECEPTIONIST, "classify", category="tourism")

    assert bench.it.category == "tourism"


@pytest.mark.rule("LS-6.2", "LS-6.4", "A-6")
def test_ls_6_2_two_channels_and_the_others_are_marked() -> None:
    """App and web; received at any hour of any day."""
    channels = pack_of(NAME).intake.channels

    assert {name: item.address for name, item in channels.items() if not item.beyond_text} == {
        "app": "Công dân số Xứ Lạng",
        "web": "kiennghi.langson.gov.vn",
    }
    for moment in ("2026-11-22 03:00", "2026-02-17 00:00", "2026-11-20 12:00"):
        bench = received(moment)
        assert bench.stage == "received"
        assert bench.it.clocks["intake"].state == "running"


@pytest.mark.rule("LS-1.1b", "VN-1")
@pytest.mark.parametrize("kind", ["complaint", "denunciation", "legal_advice"])
def test_ls_1_1b_what_is_out_of_scope_is_diverted(kind: str) -> None:
    """Khiếu nại, tố cáo; hướng dẫn, giải đáp pháp luật."""
    bench = received()

    bench.do(RECEPTIONIST, "divert", kind=kind)

    diversion = bench.pack.intake.diversions[kind]
    assert (bench.stage, bench.it.diversion) == ("diverted", kind)
    assert "LS-1.1b" in diversion.cites
    assert diversion.keeps_nothing is (kind != "legal_advice")


@pytest.mark.rule("LS-1.1b")
def test_ls_1_1b_complaints_and_denunciations_are_noticed_in_what_people_write() -> None:
    """Before anything of them is stored."""
    assert read_diversion(Text.of("tôi khiếu nại quyết định thu hồi đất của UBND")) is DiversionKind.COMPLAINT
    assert read_diversion(Text.of("tôi tố cáo ông Trần B giám đốc chiếm đoạt tiền")) is DiversionKind.DENUNCIATION


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


@pytest.mark.rule("LS-3.2", "LS-9.2", "A-4")
def test_ls_3_2_identity_is_never_public_and_progress_is() -> None:
    """Always private; the stages, agencies and answer are open for supervision."""
    bench = published()

    view = public_view(bench.it, bench.pack, bench.agencies)

    assert view.progress is not None
    assert [step.label for step in view.progress] == ["Đã nhận phản ánh", "Đã tiếp nhận", "Đang xử lý", "Đã có kết quả"]
    assert set(type(view).model_fields) & {"name", "phone", "email", "address", "identity_number"} == set()
    assert "an" not in view.model_dump_json().replace("answer", "").split('"')


@pytest.mark.rule("LS-9.2", "VN-3")
def test_ls_9_2_a_state_secret_is_withheld_by_whoever_holds_the_case() -> None:
    """The commune's leader cannot answer; the answer is withheld, and the public reads nothing but the stage."""
    bench = secret()
    assert bench.refused(CHAIR, "answer_reporter", text="Đã dọn").code == "condition_not_met"

    bench.do(CHAIR, "withhold", reason="Theo quy định về bí mật nhà nước")

    view = public_view(bench.it, bench.pack, bench.agencies)
    assert (bench.stage, bench.it.dispatch("d1").stage) == ("withheld", "answered")
    assert (view.answer, view.agencies, view.category, view.progress) == (None, None, None, None)
    assert not bench.tasks()


@pytest.mark.rule("LS-5.3", "A-LS-4")
@pytest.mark.parametrize(
    ("state", "by"), [("received", "receptionist"), ("at_commune", "leader"), ("at_district", "district")]
)
def test_ls_5_3_the_receiver_refuses_with_a_reason_that_reaches_the_citizen(state: str, by: str) -> None:
    """The IOC, the commune's and the district's leader alike; no reason, no refusal."""
    bench = STATES[state]()
    with pytest.raises(ValueError, match="reason"):
        bench.ask(EVERYBODY[by], "decline")

    bench.do(EVERYBODY[by], "decline", reason="Nội dung không phù hợp")

    assert (bench.stage, bench.it.decline_reason is not None) == ("declined", True)
    assert ("reporter", "case_declined") in told(bench)
    assert bench.it.next_fire is None
    assert not bench.tasks()


@pytest.mark.rule("A-LS-4")
def test_a_ls_4_option_only_the_ioc_refuses(tmp_path: Path) -> None:
    """The leader passes up what is not for them."""
    bench = with_option(Bench(NAME), tmp_path, "readings: {A-LS-4: {choice: ioc_only}}").receive(commune_code="90101")
    bench.do(RECEPTIONIST, "accept")
    bench.do(DISTRIBUTOR, "dispatch", agencies=["ubnd_hoa_dao"])

    assert bench.refused(CHAIR, "decline", reason="Không phù hợp").code == "role_not_allowed"


@pytest.mark.rule("LS-5.3")
def test_ls_5_3_once_somebody_works_on_it_it_is_no_longer_refused() -> None:
    """Assigned is received."""
    bench = at_commune()
    bench.do(CHAIR, "assign_staff", staff="u-3")

    assert bench.refused(CHAIR, "decline", reason="Không phù hợp").code == "stage_not_allowed"


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


@pytest.mark.rule("LS-7.2c", "LS-7.2b")
def test_ls_7_2c_cancelling_has_two_grounds_and_no_third() -> None:
    """Nothing added within the hour; content against the law. Repeats by others are linked (A-3)."""
    bench = received()

    assert list(bench.pack.cancel_reasons) == ["no_supplement", "unlawful"]
    assert bench.refused(RECEPTIONIST, "cancel", reason_code="same_reporter").code == "data_invalid"
    assert bench.refused(RECEPTIONIST, "cancel", reason_code="no_supplement").code == "too_early"
    bench.do(RECEPTIONIST, "cancel", reason_code="unlawful")
    assert bench.stage == "cancelled"
    assert ("reporter", "case_cancelled") in told(bench)


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


@pytest.mark.rule("LS-10.1")
def test_ls_10_1_the_office_presses_an_agency() -> None:
    """A reminder with words, heard by leader and officer."""
    bench = late_at_commune()

    bench.do(OFFICE, "remind", text="Đã quá 01 giờ, đề nghị phân công ngay")

    assert told(bench)[-2:] == [("leader", "task_reminded"), ("officer", "task_reminded")]


@pytest.mark.rule("LS-14.4")
def test_ls_14_4_a_late_case_is_explained_and_one_in_time_is_not() -> None:
    """By the agency for its own limits, by the IOC for its; the office reads it."""
    assert at_commune().refused(CHAIR, "explain_lateness", clock_id="assign:d1", text="Bận").code == "condition_not_met"
    bench = late_at_commune()
    form = next(move for move in bench.moves(CHAIR) if move.command == "explain_lateness").form
    assert [choice.value for choice in form[0].choices] == ["assign:d1"]

    bench.do(CHAIR, "explain_lateness", clock_id="assign:d1", text="Lãnh đạo đi cơ sở, không có sóng")

    assert told(bench)[-1] == ("office", "task_supplied")
    slow = received("2026-11-20 09:00").until("2026-11-20 10:00:01")
    slow.fire("intake")
    slow.do(RECEPTIONIST, "explain_lateness", clock_id="intake", text="Hệ thống gián đoạn")


@pytest.mark.rule("LS-14.1")
def test_ls_14_1_progress_stands_in_the_system_the_moment_it_changes() -> None:
    """Each step of the focal officers is a stage with its time, and the next holder hears of it at once."""
    bench = approved()

    trail = [visit.stage for visit in bench.it.dispatch("d1").trail]

    assert trail == ["sent", "assigned", "awaiting_approval", "approved"]
    assert [heard for heard in told(bench) if heard[0] in ("leader", "officer")] == [
        ("leader", "task_new"),
        ("officer", "task_new"),
        ("leader", "task_new"),
    ]


@pytest.mark.rule("LS-6.3", "LS-7.3a.1", "LS-7.3a.2")
def test_ls_6_3_officers_are_told_of_their_work() -> None:
    """Leaders and officers, in their app or on their web: whoever is to act next."""
    notices = pack_of(NAME).notifications

    assert "LS-6.3" in notices["leader_new"].cites
    assert "LS-6.3" in notices["officer_new"].cites
    assert (notices["leader_new"].on, notices["officer_new"].on) == (("dispatch/sent",), ("assign_staff",))


@pytest.mark.rule("LS-15.1", "LS-15.2")
@pytest.mark.parametrize(("command", "flag"), [("mark_valuable", "valuable"), ("mark_false", "false_report")])
@pytest.mark.parametrize("by", [EDITOR, OFFICE])
def test_ls_15_closing_marks_with_a_reason_and_reversible(command: str, flag: str, by: Actor) -> None:
    """Valuable may be rewarded, false and abusive punished; never both, and only once it is over."""
    assert at_commune().refused(by, command, reason="Sớm quá").code == "stage_not_allowed"
    bench = answered()

    bench.do(by, command, reason="Đã kiểm tra")

    assert getattr(bench.it.flags, flag) is True
    other = "mark_false" if command == "mark_valuable" else "mark_valuable"
    assert bench.refused(by, other, reason="Đổi ý").code == "condition_not_met"
    bench.do(by, "clear_flag", flag=flag, reason="Đánh dấu nhầm")
    assert getattr(bench.it.flags, flag) is False


@pytest.mark.rule("LS-15.2")
def test_ls_15_2_a_refused_report_can_be_marked_false_and_not_valuable() -> None:
    """What was never handled was of no use."""
    bench = STATES["declined"]()
    assert bench.refused(EDITOR, "mark_valuable", reason="Đúng").code == "stage_not_allowed"

    bench.do(EDITOR, "mark_false", reason="Bịa đặt, xúc phạm")

    assert bench.it.flags.false_report


@pytest.mark.rule("LS-8.1", "LS-8.2", "LS-8.3", "A-5")
@pytest.mark.parametrize(
    ("state", "by", "closed"), [("answered", CHAIR, "answered"), ("published", EDITOR, "published")]
)
def test_ls_8_whoever_answered_clarifies(state: str, by: Actor, closed: str) -> None:
    """Feedback opens a task of the commune, or of the IOC where it published; no rating reopens anything."""
    bench = STATES[state]()
    bench.do(AN, "rate", level="dissatisfied", comment="Chưa sạch")
    assert bench.stage == closed
    bench.do(AN, "give_feedback", text="Vẫn còn")
    assert len(bench.tasks()) == 1

    bench.do(by, "clarify", text="Sẽ làm nốt hôm nay")

    assert bench.stage == closed
    assert told(bench)[-1] == ("reporter", "clarification")


@pytest.mark.rule("LS-8.3")
def test_ls_8_3_three_levels_verbatim() -> None:
    """ "hài lòng, chấp nhận được, không hài lòng"."""
    levels = sorted(pack_of(NAME).rating.levels.values(), key=lambda item: -item.score)

    assert ", ".join(item.label.lower() for item in levels) == "hài lòng, chấp nhận được, không hài lòng"


@pytest.mark.rule("A-LS-1", "A-LS-2", "A-LS-3", "A-LS-4", "A-LS-5", "A-LS-7", "A-LS-8")
def test_every_reading_is_written_down_with_its_choice() -> None:
    """Nothing that the text leaves open is decided in silence."""
    readings = pack_of(NAME).readings

    assert {name: item.choice for name, item in readings.items() if name.startswith("A-LS-")} == {
        "A-LS-1": "clock",
        "A-LS-2": "delivery",
        "A-LS-3": "civil",
        "A-LS-4": "both",
        "A-LS-5": "coordination",
        "A-LS-6": "vn_9",
        "A-LS-7": "masked",
        "A-LS-8": "shown",
    }
    assert {f"A-{number}" for number in range(9)} <= readings.keys()


@pytest.mark.rule("LS-4.6", "LS-7.5", "VN-11")
def test_the_demonstration_tree_holds_every_agency_the_text_names() -> None:
    """One centre, one office, and communes under districts; ids of no two agencies alike."""
    tree = Bench(NAME).agencies

    assert [item.id for item in tree.of_kinds(["centre"])] == ["ioc"]
    assert {tree.parent(item.id).kind for item in tree.of_kinds(["commune"])} == {"district"}  # type: ignore[union-attr]
    assert load_pack(NAME).meta.decision == "QĐ 826/QĐ-UBND"
