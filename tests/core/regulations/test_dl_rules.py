"""Đắk Lắk, rule by rule: the lists, one focal point, two replies, reputation seen by two, ratings, reopening."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.cases.decide import Actor
from core.cases.view import is_published, public_view
from core.contract.schema import Urgency
from core.intake.triage import triage
from core.service.regulation import intake_rules
from tests.core.cases.bench import Bench, pack_of, staff
from tests.core.regulations.dl_states import (
    AN,
    CITY,
    DISTRIBUTOR,
    EDITOR,
    EVERYBODY,
    HANDLED,
    NAME,
    RECEPTIONIST,
    STATES,
    UNIT,
    accepted,
    answered,
    answered_privately,
    awaiting_answer,
    by_letter,
    clarifying,
    confirmed,
    coordinating,
    flagged,
    long_work,
    processing,
    promise_told,
    promised,
    received,
    reopened,
    sent_back,
    with_focal,
)
from tests.core.regulations.limits import with_option
from tests.core.regulations.table import told

CATEGORIES = [
    "An toàn giao thông",
    "An ninh trật tự",
    "Hạ tầng đô thị",
    "Trật tự đô thị",
    "Môi trường",
    "Quy định hành chính",
    "Công vụ, công chức",
    "Doanh nghiệp vướng mắc",
    "An toàn thực phẩm",
    "Đất đai, xây dựng",
    "Hàng hóa, dịch vụ, tiêu dùng",
    "Phản hồi thông tin báo nêu",
    "Hiến kế xây dựng thành phố thông minh",
    "Bảo vệ trẻ em",
    "Các lĩnh vực khác thực hiện theo chỉ đạo của Thành ủy, Hội đồng nhân dân thành phố, UBND thành phố "
    "tại từng thời điểm",
]


@pytest.mark.rule(
    "DL-I.1",
    "DL-I.2",
    "DL-I.3",
    "DL-I.4",
    "DL-I.5",
    "DL-I.6",
    "DL-I.7",
    "DL-I.8",
    "DL-I.9",
    "DL-I.10",
    "DL-I.11",
    "DL-I.12",
    "DL-I.13",
    "DL-I.14",
    "DL-I.15",
)
def test_dl_i_fifteen_categories_verbatim_and_in_order() -> None:
    """Each cites the line it comes from."""
    categories = list(pack_of(NAME).intake.categories.values())

    assert [item.label for item in categories] == CATEGORIES
    assert [item.cites[0] for item in categories] == [f"DL-I.{number}" for number in range(1, 16)]


@pytest.mark.rule("DL-I.adj")
def test_dl_i_adj_the_list_is_changed_by_agreement_and_not_by_code(tmp_path: Path) -> None:
    """One line more; one switched off stays readable for the cases it had."""
    option = (
        "intake: {categories: {pets: {label: Thú nuôi, cites: DL-I.adj}, business: {active: false, cites: DL-I.adj}}}"
    )
    bench = with_option(Bench(NAME), tmp_path, option).receive(category="business")

    bench.do(RECEPTIONIST, "classify", category="pets", reason="Theo danh mục mới")

    assert bench.it.category == "pets"
    assert bench.refused(RECEPTIONIST, "classify", category="business", reason="Nhầm").code == "data_invalid"


@pytest.mark.rule("DL-II.1.B1", "DL-II.2.3a", "A-6")
def test_dl_ii_1_the_portal_is_the_way_in_and_the_others_are_marked() -> None:
    """The text names the service and its portal only; its address is a setting."""
    channels = pack_of(NAME).intake.channels

    assert [name for name, item in channels.items() if not item.beyond_text] == ["web"]
    assert channels["web"].address == "tuongtaccongdan"


@pytest.mark.rule("DL-II.1.B2")
def test_dl_ii_1_b2_the_sender_is_authenticated_and_the_report_classified() -> None:
    """A sender nobody can reach cannot be authenticated: asked for, or declared with a reason (A-8)."""
    bench = received(completeness={"content": "given"})
    assert bench.refused(RECEPTIONIST, "accept").details["fields"] == ("reachable",)
    bench.do(RECEPTIONIST, "declare_none", field="reachable", reason="Gửi từ máy công cộng")

    bench.do(RECEPTIONIST, "accept")
    bench.do(RECEPTIONIST, "log_verification_call", outcome="reached")
    bench.do(RECEPTIONIST, "classify", category="environment")

    assert (bench.it.verification, bench.it.category) == ("reached", "environment")


@pytest.mark.rule("DL-II.1.B3")
@pytest.mark.parametrize(
    ("agencies", "code"),
    [
        (["ubnd_thanh_pho", "ubnd_thanh_pho"], "agency_count"),
        (["ubnd_ea_xanh"], "data_invalid"),
        (["phong_do_thi"], "data_invalid"),
        (["so_giao_thong"], "data_invalid"),
    ],
)
def test_dl_ii_1_b3_to_the_one_focal_point_and_nobody_else(agencies: list[str], code: str) -> None:
    """Wards and units get it from the city, never from the IOC."""
    bench = accepted()
    assert bench.refused(DISTRIBUTOR, "dispatch", agencies=agencies).code == code

    bench.do(DISTRIBUTOR, "dispatch", agencies=["ubnd_thanh_pho"])

    assert [item.stage for item in bench.it.dispatches] == ["with_focal"]
    assert told(bench)[-2:] == [("reporter", "case_dispatched"), ("focal", "task_new")]


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


@pytest.mark.rule("DL-II.2.2c", "DL-II.1u")
def test_dl_ii_2_2c_a_date_about_a_reputation_is_told_alone() -> None:
    """Never on the portal, not even the promise."""
    bench = by_letter()
    bench.do(CITY, "classify", category="other", urgency="long", reason="Cần xác minh lâu")
    bench.do(CITY, "commit_interim", status="Đang xác minh", promised_date="2027-01-15")
    assert bench.refused(EDITOR, "publish", text="Hẹn").code == "condition_not_met"

    bench.do(EDITOR, "reply_privately", text="Dự kiến trả lời ngày 15/01/2027.")

    assert (bench.stage, bench.it.publications[0].kind) == ("in_progress", "private")


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


@pytest.mark.rule("DL-II.1u", "A-DL-7")
def test_a_dl_7_one_flags_and_another_confirms() -> None:
    """A second pair of eyes; nothing leaves the IOC while it is only flagged."""
    bench = flagged()
    assert bench.refused(RECEPTIONIST, "confirm_reputation").code == "second_person_needed"
    assert "confirm_reputation" not in bench.names(RECEPTIONIST)
    assert bench.refused(DISTRIBUTOR, "dispatch", agencies=["ubnd_thanh_pho"]).code == "condition_not_met"
    early = bench.refused(DISTRIBUTOR, "send_letter", agency="ubnd_thanh_pho", text="Kính gửi")
    assert early.code == "condition_not_met"

    bench.do(EDITOR, "confirm_reputation", reason="Nêu tên doanh nghiệp")

    assert bench.it.flags.reputation == "confirmed"
    assert "DL-II.1u" in next(move for move in bench.moves(DISTRIBUTOR) if move.command == "send_letter").rules


@pytest.mark.rule("A-DL-7")
@pytest.mark.parametrize("state", ["flagged", "confirmed", "by_letter", "awaiting_private_answer"])
@pytest.mark.parametrize("by", ["receptionist", "distributor", "editor"])
def test_a_dl_7_the_flag_is_reversible_until_publication(state: str, by: str) -> None:
    """With a reason, and every change in the record; then it may be published after all."""
    bench = STATES[state]()
    with pytest.raises(ValueError, match="reason"):
        bench.ask(EVERYBODY[by], "clear_flag", flag="reputation")

    bench.do(EVERYBODY[by], "clear_flag", flag="reputation", reason="Không ảnh hưởng")

    assert bench.it.flags.reputation == "none"
    assert [event.kind for event in bench.events if "reputation" in event.kind or event.kind == "flag_cleared"][-1] == (
        "flag_cleared"
    )


@pytest.mark.rule("A-DL-7")
@pytest.mark.parametrize("state", [answered, answered_privately])
def test_a_dl_7_after_the_answer_it_is_not(state: type[Bench]) -> None:
    """What is out is out."""
    for actor in (RECEPTIONIST, DISTRIBUTOR, EDITOR):
        bench = state()
        assert bench.refused(actor, "clear_flag", flag="reputation", reason="Nhầm").http == 409
        assert "flag_reputation" not in bench.names(actor)


@pytest.mark.rule("DL-II.1u")
def test_dl_ii_1u_an_official_letter_and_word_to_the_sender_alone() -> None:
    """The letter carries the case to the city; the sender hears that it is received and in progress."""
    bench = confirmed()
    assert bench.refused(DISTRIBUTOR, "dispatch", agencies=["ubnd_thanh_pho"]).code == "condition_not_met"
    assert bench.refused(DISTRIBUTOR, "send_letter", agency="so_giao_thong", text="Kính gửi").code == "data_invalid"

    bench.do(DISTRIBUTOR, "send_letter", agency="ubnd_thanh_pho", text="Kính gửi UBND thành phố", reference="15/IOC")

    assert [(item.agency_id, item.stage) for item in bench.it.dispatches] == [("ubnd_thanh_pho", "with_focal")]
    assert bench.it.clocks["intake"].state == "stopped"
    assert told(bench)[-2:] == [("reporter", "received_privately"), ("focal", "task_new")]
    bench.do(EDITOR, "notify_reporter", text="Đã gọi điện báo anh/chị")
    assert told(bench)[-1] == ("reporter", "reporter_notified")


@pytest.mark.rule("DL-II.1u", "DL-II.2.3a.u", "A-4")
@pytest.mark.parametrize(
    "state", ["flagged", "confirmed", "by_letter", "awaiting_private_answer", "answered_privately"]
)
def test_dl_ii_1u_nothing_of_it_is_on_the_portal(state: str) -> None:
    """From the first flag on: no category, place, agency, answer or step."""
    bench = STATES[state]()

    view = public_view(bench.it, bench.pack, bench.agencies)

    shown = {name for name, value in view.model_dump().items() if value is not None}
    assert shown == {"code", "stage", "received_at"}
    assert not is_published(bench.it, bench.pack)


@pytest.mark.rule("DL-II.2.3a.u", "DL-II.2.3a")
def test_dl_ii_2_3a_u_found_harmful_only_after_verification() -> None:
    """Handled through the service, then flagged and confirmed: answered alone, by phone or personal mail."""
    bench = awaiting_answer()
    bench.do(EDITOR, "flag_reputation", reason="Kết quả nêu tên cán bộ")
    assert not bench.names(EDITOR) & {"publish", "reply_privately"}
    bench.do(RECEPTIONIST, "confirm_reputation")
    assert bench.refused(EDITOR, "publish", text="Đã kiểm tra").code == "condition_not_met"

    bench.do(EDITOR, "reply_privately", text="Nội dung đã được kiểm tra.")

    assert (bench.stage, bench.it.publications[0].kind) == ("answered_privately", "private")
    assert told(bench)[-1] == ("reporter", "private_reply")


@pytest.mark.rule("DL-II.2.3a.u", "A-DL-8")
def test_dl_ii_2_3a_u_reports_are_named_with_their_day() -> None:
    """Weekly on Monday at nine, monthly about reputation: read by whoever writes them."""
    reports = pack_of(NAME).reports

    assert (reports["weekly"].every, reports["weekly"].weekday, f"{reports['weekly'].at:%H:%M}") == (
        "week",
        "mon",
        "09:00",
    )
    assert reports["reputation"].every == "month"


@pytest.mark.rule("VN-3")
def test_a_suspected_secret_is_neither_published_nor_answered() -> None:
    """Withheld, by the law above the text."""
    bench = awaiting_answer()
    bench.do(UNIT, "flag_secret")
    assert bench.refused(EDITOR, "publish", text="Đã làm").code == "condition_not_met"

    bench.do(EDITOR, "withhold", reason="Bí mật nhà nước")

    assert bench.stage == "withheld"
    assert bench.pack.moves["withhold"].beyond_text


@pytest.mark.rule("DL-II.2.3c.1", "A-5")
def test_dl_ii_2_3c_1_three_levels_verbatim_with_a_comment() -> None:
    """ "hài lòng", "chấp nhận được", "không hài lòng"; a rating alone reopens nothing."""
    levels = sorted(pack_of(NAME).rating.levels.values(), key=lambda item: -item.score)
    assert [item.label.lower() for item in levels] == ["hài lòng", "chấp nhận được", "không hài lòng"]
    bench = answered()

    bench.do(AN, "rate", level="dissatisfied", comment="Chưa xong")

    given = bench.it.publications[0].ratings[0]
    assert (bench.stage, given.level, given.comment is not None) == ("answered", "dissatisfied", True)


@pytest.mark.rule("DL-II.2.3c.2")
def test_dl_ii_2_3c_2_agencies_hear_of_every_rating_and_act_themselves() -> None:
    """The city takes its own case up again; the answer follows as before."""
    bench = answered()
    bench.do(AN, "rate", level="dissatisfied", comment="Chưa xong")
    assert told(bench)[-3:] == [(role, "task_feedback") for role in ("focal", "unit", "editor")]

    bench.do(CITY, "reopen", reason="Làm lại đoạn cuối")
    assert (bench.stage, bench.it.dispatch("d1").stage) == ("in_progress", "with_focal")
    bench.do(CITY, "submit_result", handled_at=HANDLED, result="Đã làm lại")
    bench.do(EDITOR, "publish", text="Đã làm lại xong.")

    assert (bench.stage, len(bench.it.publications)) == ("answered", 2)
    bench.do(AN, "rate", level="satisfied")


@pytest.mark.rule("DL-II.2.3c.2")
@pytest.mark.parametrize("state", ["answered", "answered_privately", "clarifying", "clarifying_privately"])
@pytest.mark.parametrize("by", [DISTRIBUTOR, EDITOR])
def test_dl_ii_2_3c_2_the_ioc_forwards_what_needs_rework(state: str, by: Actor) -> None:
    """Distributed again to the focal point; the reporter hears of it."""
    bench = STATES[state]()

    bench.do(by, "reopen", reason="Cần làm lại")

    assert bench.stage == "accepted"
    assert ("reporter", "case_reopened") in told(bench)
    again = (
        {"name": "send_letter", "agency": "ubnd_thanh_pho", "text": "Kính gửi"}
        if bench.it.flags.reputation == "confirmed"
        else {"name": "dispatch", "agencies": ["ubnd_thanh_pho"]}
    )
    bench.do(DISTRIBUTOR, str(again.pop("name")), **again)
    assert [item.stage for item in bench.it.dispatches] == ["done", "with_focal"]


@pytest.mark.rule("DL-II.2.3c.3")
def test_dl_ii_2_3c_3_a_second_disagreement_is_talked_over_and_forwarded() -> None:
    """Clarified once, still not content: the IOC contacts, then forwards."""
    bench = clarifying()
    bench.do(UNIT, "clarify", text="Sẽ làm nốt")
    bench.do(AN, "give_feedback", text="Vẫn chưa")

    bench.do(RECEPTIONIST, "log_verification_call", outcome="reached", note="Đã trao đổi")
    bench.do(DISTRIBUTOR, "reopen", reason="Người phản ánh vẫn không đồng ý")

    assert (bench.stage, len(bench.it.feedbacks)) == ("accepted", 2)


@pytest.mark.rule("DL-II.2.3c.2")
def test_a_reopened_case_is_answered_only_when_its_new_part_is_done() -> None:
    """The old part stays done and holds nothing up."""
    bench = reopened()
    bench.do(DISTRIBUTOR, "dispatch", agencies=["ubnd_thanh_pho"])
    assert bench.stage == "in_progress"

    bench.do(CITY, "submit_result", dispatch_id="d2", handled_at=HANDLED, result="Đã làm lại")

    assert bench.stage == "awaiting_answer"


@pytest.mark.rule("VN-3", "DL-II.2.2c")
def test_a_promise_that_may_be_secret_is_kept_from_everybody_and_still_kept() -> None:
    """No notice of the date goes out, the hours for it end, and the work goes on to its day."""
    bench = promised()
    bench.do(EDITOR, "flag_secret")
    assert bench.names(EDITOR) & {"publish", "reply_privately", "withhold"} == {"withhold"}

    bench.do(EDITOR, "withhold", reason="Theo quy định về bí mật nhà nước")

    assert (bench.stage, bench.it.dispatches[0].stage) == ("in_progress", "promised")
    assert bench.it.clocks["answer"].state == "stopped"
    assert bench.it.clocks["promise:d1"].state == "running"
    assert public_view(bench.it, bench.pack, bench.agencies).answer is None


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


@pytest.mark.rule("A-DL-9", "DL-I.7", "VN-1", "VN-2")
@pytest.mark.parametrize(
    ("said", "hints"),
    [
        (
            "Đề nghị kỷ luật ông Trần Bê cán bộ địa chính vì gây khó khăn, yêu cầu xử lý kỷ luật",
            ("divert_denunciation",),
        ),
        ("Cán bộ một cửa đòi phong bì mới nhận hồ sơ", ("divert_corruption",)),
        ("Thái độ phục vụ ở bộ phận một cửa chưa tốt, mong cải thiện", ()),
        ("Công chức tiếp dân đi làm muộn", ()),
    ],
)
def test_a_dl_9_a_named_wrongdoer_and_a_wish_to_punish_is_no_report_here(said: str, hints: tuple[str, ...]) -> None:
    """ "Công vụ, công chức" borders on tố cáo: the desk is warned before it takes such a thing in."""
    found = triage(said, intake_rules(pack_of(NAME), office="IOC"))

    assert found.hints == hints
    assert found.urgency is Urgency.NORMAL


@pytest.mark.rule("A-DL-9", "VN-1", "VN-2")
@pytest.mark.parametrize("kind", ["complaint", "denunciation", "corruption"])
def test_a_dl_9_the_desk_diverts_it_from_wherever_it_is_noticed(kind: str) -> None:
    """Also after it was sent; nothing of it is kept, the person is told where to go."""
    bench = with_focal()

    bench.do(RECEPTIONIST, "divert", kind=kind)

    diversion = bench.pack.intake.diversions[kind]
    assert (bench.stage, bench.it.diversion) == ("diverted", kind)
    assert diversion.keeps_nothing
    assert "A-DL-9" in diversion.cites


@pytest.mark.rule("VN-7", "DL-I.6")
def test_reports_about_rules_are_entered_in_the_national_system() -> None:
    """The reference is kept with the case."""
    bench = received(category="administrative_rules")

    bench.do(RECEPTIONIST, "register_external", reference="QG-2026-1")

    assert bench.it.external_reference == "QG-2026-1"
    assert "VN-7" in bench.pack.intake.categories["administrative_rules"].cites


@pytest.mark.rule("A-DL-1", "A-DL-2", "A-DL-3", "A-DL-4", "A-DL-5", "A-DL-6", "A-DL-7", "A-DL-9")
def test_every_reading_is_written_down_with_its_choice() -> None:
    """Nothing that the text leaves open is decided in silence."""
    readings = pack_of(NAME).readings

    assert {name: item.choice for name, item in readings.items() if name.startswith("A-DL-")} == {
        "A-DL-1": "proposed",
        "A-DL-2": "distributed_at",
        "A-DL-3": "alarm",
        "A-DL-4": "hours",
        "A-DL-5": "one_group",
        "A-DL-6": "off",
        "A-DL-7": "two_people",
        "A-DL-8": "monday",
        "A-DL-9": "divert",
    }


@pytest.mark.rule("DL-II.2.2c", "DL-II.2.2e")
@pytest.mark.parametrize("state", [promised, promise_told])
def test_dl_ii_2_2e_a_promise_is_not_the_end(state: type[Bench]) -> None:
    """The final result is always entered: until then the case is open, and the date is somebody's task."""
    bench = state()

    assert bench.pack.stage("case", bench.stage).kind == "open"
    assert "focal" in [task.role for task in bench.tasks()]
