"""Lạng Sơn, rule by rule: what is asked of a reporter, what comes in and how, who refuses and cancels."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.intake.rules import DiversionKind
from core.intake.signals.diversion import read_diversion
from core.intake.words import Text
from tests.core.cases.bench import Bench, pack_of
from tests.core.regulations.desk import DISTRIBUTOR, RECEPTIONIST
from tests.core.regulations.limits import with_option
from tests.core.regulations.ls_states import CHAIR, EVERYBODY, NAME, STATES, at_commune, received
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
    assert intake.consent == (
        "Người phản ánh, kiến nghị chịu trách nhiệm trước pháp luật về tính "
        "chính xác của nội dung phản ánh, kiến nghị (Điều 5 khoản 2)."
    )


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
    assert bench.next_fire is None
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
