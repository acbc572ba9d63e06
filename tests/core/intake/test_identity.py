"""The personal number inside messages: taken out of the words where the regulation asks for it, and checked."""

from __future__ import annotations

from datetime import date

import pytest

from core.intake.reading.identity import read_identity
from core.intake.reading.message import read
from core.intake.understand import without_wrong_number
from core.intake.words import Text
from core.regulations.loader import load_pack
from core.service.regulation import intake_rules

LANG_SON = intake_rules(load_pack("lang_son"), office="IOC")
HUE = intake_rules(load_pack("thua_thien_hue"), office="IOC")


@pytest.mark.rule("LS-5.1c", "A-LS-7", "VN-12")
@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("CCCD 020203000001", "020203000001"),
        ("số cccd của tôi là 020 203 000 001", "020203000001"),
        ("căn cước công dân: 020.203.000.001", "020203000001"),
        ("so can cuoc 020203000001", "020203000001"),
        ("CMND số 082345678", "082345678"),
        ("chung minh nhan dan 082 345 678", "082345678"),
        ("bãi rác trước nhà, 020203000001 Nguyễn Văn An", "020203000001"),
        ("gọi em 0900000001", ""),
        ("số tài khoản 123456789", ""),
        ("mã 1234 5678 9012", ""),
        ("+84 900 000 001", ""),
    ],
)
def test_the_number_is_read_where_it_is_named_or_has_its_twelve_digits(said: str, digits: str) -> None:
    """Telephone numbers, account numbers and case codes are none."""
    assert read_identity(Text.of(said), LANG_SON).digits == digits


@pytest.mark.rule("A-LS-7")
def test_the_number_leaves_the_content() -> None:
    """So that no receipt, list or notice repeats it; everything else stays."""
    said = "Bãi rác bốc mùi ở số 12 Trần Đăng Ninh. Tôi là Nguyễn Văn An, CCCD 020203000001, sđt 0900 000 001"

    reading = read(Text.of(said), LANG_SON)

    assert reading.identity == "020203000001"
    assert "020203000001" not in "\n".join(reading.lines)
    assert "Bãi rác bốc mùi" in "\n".join(reading.lines)
    assert reading.phones == ("+84900000001",)


@pytest.mark.rule("LS-5.1c")
def test_nobody_takes_it_where_nobody_asks_for_it() -> None:
    """Under a regulation without the field the words stay as they are."""
    reading = read(Text.of("Bãi rác bốc mùi, CCCD 020203000001"), HUE)

    assert reading.identity == ""


@pytest.mark.rule("VN-12")
@pytest.mark.parametrize(
    ("digits", "kept"),
    [("020203000001", True), ("082345678", True), ("000203000001", False), ("020227000001", False), ("", False)],
)
def test_a_number_that_can_be_none_is_asked_for_again(digits: str, kept: bool) -> None:
    """No province, or born after today."""
    reading = read(Text.of(f"CCCD {digits}"), LANG_SON)

    checked = without_wrong_number(reading, date(2026, 11, 20))

    assert bool(checked.identity) is kept


@pytest.mark.rule("LS-5.1c", "LS-5.1")
def test_it_is_asked_for_on_every_channel_of_the_regulation() -> None:
    """One of six; content first, as in every conversation."""
    for channel in ("app", "web", "zalo"):
        asked = [field.value for field in LANG_SON.required_on(channel)]
        assert asked[0] == "content"
        assert set(asked) == {"name", "address", "phone", "identity", "content", "place"}


@pytest.mark.rule("LS-3.2", "TG-5.4")
@pytest.mark.parametrize(
    ("name", "offered"), [("lang_son", False), ("dak_lak", False), ("thua_thien_hue", True), ("tien_giang", True)]
)
def test_secrecy_is_offered_only_where_it_can_be_asked_for(name: str, offered: bool) -> None:
    """Where identity is kept secret of everybody, or no text knows such a wish, nobody is asked to make one."""
    assert intake_rules(load_pack(name), office="IOC").confidentiality is offered
