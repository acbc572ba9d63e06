"""Tiền Giang: what may be reported, where, when, in which words, and what a report must hold."""

from __future__ import annotations

import pytest

from core.service.regulation import intake_rules
from tests.core.cases.bench import pack_of
from tests.core.regulations.tien_giang_states import received

SECTORS = (
    "Công an; Giao thông Vận tải; Thông tin và Truyền thông; Tài nguyên và Môi trường; Công thương; "
    "Văn hóa, Thể thao và Du lịch"
)


@pytest.mark.rule("TG-1.1", "TG-12.3")
def test_the_six_sectors_are_verbatim_and_have_no_groups_below() -> None:
    """A list in data: a seventh is one entry more."""
    categories = pack_of("tien_giang").intake.categories.values()

    assert "; ".join(item.label for item in categories) == SECTORS
    assert {item.group for item in categories} == {""}


@pytest.mark.rule("TG-P1.II.3a", "A-TG-6")
def test_five_sectors_are_routed_by_configuration_and_one_by_hand() -> None:
    """What concerns the police is read by a person first."""
    categories = pack_of("tien_giang").intake.categories

    assert {key: (item.automatic, item.agencies) for key, item in categories.items()} == {
        "police": (False, ("cong_an",)),
        "transport": (True, ("so_giao_thong",)),
        "information": (True, ("so_thong_tin",)),
        "environment": (True, ("so_tai_nguyen",)),
        "trade": (True, ("so_cong_thuong",)),
        "culture": (True, ("so_van_hoa",)),
    }


@pytest.mark.rule("TG-4.3", "A-6")
def test_the_app_is_the_channel_of_the_text_and_the_others_are_beyond_it() -> None:
    """channels=[app]; the rest is marked in exports."""
    channels = pack_of("tien_giang").intake.channels

    assert [(key, item.label) for key, item in channels.items() if not item.beyond_text] == [
        ("app", "Ứng dụng TiengiangS")
    ]
    assert [key for key, item in channels.items() if item.beyond_text] == [
        "web",
        "phone",
        "zalo",
        "facebook",
        "telegram",
        "email",
        "sms",
    ]


@pytest.mark.rule("TG-4.3")
@pytest.mark.parametrize("moment", ["2026-11-22 03:00", "2026-02-17 00:01", "2026-11-20 12:00"])
def test_reports_are_taken_at_any_hour(moment: str) -> None:
    """24/24, seven days: a Sunday night, the first minute of Tết, the lunch break."""
    bench = received(moment)

    assert (bench.stage, bench.it.received_at) == ("received", bench.now)


@pytest.mark.rule("TG-5.1")
def test_the_language_is_vietnamese() -> None:
    """lang=vi."""
    assert pack_of("tien_giang").intake.languages == ("vi",)


@pytest.mark.rule("TG-5.2", "TG-5.3", "TG-P1.II.1", "A-TG-2", "A-TG-3")
def test_what_a_report_must_hold_is_as_written() -> None:
    """Content, place, time; name, phone, email; an image or video is asked for and not insisted on."""
    intake = pack_of("tien_giang").intake

    assert {item.field: item.label for item in intake.required.values()} == {
        "content": "Nội dung phản ánh",
        "place": "Địa điểm",
        "time": "Thời gian",
        "name": "Họ và tên",
        "phone": "Số điện thoại",
        "email": "Địa chỉ thư điện tử",
    }
    assert [item.field for item in intake.required.values() if not item.may_be_declared_none] == ["content"]
    assert all(item.channels is None and not item.beyond_text for item in intake.required.values())
    assert intake.recommended == ("media",)


@pytest.mark.rule("TG-P1.II.1", "TG-5.4")
@pytest.mark.parametrize("channel", ["app", "zalo", "email"])
def test_the_dialogue_asks_for_all_of_it_on_every_channel(channel: str) -> None:
    """And says that the sender answers for the truth and may ask for secrecy."""
    rules = intake_rules(pack_of("tien_giang"), office="Trung tâm")

    assert rules.required_on(channel) == ("content", "place", "time", "name", "phone", "email")
    assert (rules.consent_notice, rules.confidentiality) == (True, True)
    assert pack_of("tien_giang").intake.consent == (
        "Tổ chức, cá nhân phản ánh, kiến nghị chịu trách nhiệm về tính trung thực của "
        "thông tin cung cấp; được giữ bí mật thông tin cá nhân khi có yêu cầu."
    )
