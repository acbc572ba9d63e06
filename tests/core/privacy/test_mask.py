"""Masking for lists and logs."""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from core.privacy.mask import (
    is_forbidden,
    mask_address,
    mask_email,
    mask_identity_number,
    mask_log_event,
    mask_name,
    mask_phone,
    mask_text,
)


@pytest.mark.parametrize(
    ("value", "masked"),
    [("Nguyễn Văn An", "N*** V** A*"), ("Như Ý", "N** *"), ("  Lê   Thị Bình ", "L* T** B***"), ("", "")],
)
@pytest.mark.rule("LS-3.2", "A-4")
def test_name(value: str, masked: str) -> None:
    assert mask_name(value) == masked


@pytest.mark.parametrize(
    ("value", "masked"), [("0900 000 001", "***001"), ("+84900000001", "***001"), ("1022", "1022"), ("", "")]
)
def test_phone_shows_the_last_three_digits(value: str, masked: str) -> None:
    assert mask_phone(value) == masked


@pytest.mark.parametrize(
    ("value", "masked"),
    [("an@example.vn", "a***@e***.vn"), ("b@mail.example.vn", "b***@m***.vn"), ("an@localhost", "***"), ("x", "***")],
)
def test_email(value: str, masked: str) -> None:
    assert mask_email(value) == masked


@pytest.mark.parametrize(
    ("value", "masked"),
    [("an@example.vn", "a***@e***.vn"), ("+84900000001", "***001"), ("zalo-user-4567", "***567")],
)
def test_address(value: str, masked: str) -> None:
    assert mask_address(value) == masked


def test_identity_number() -> None:
    assert mask_identity_number("001 099 000 017") == "***017"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("gọi 0900 000 001 nhé", "gọi ***001 nhé"),
        ("gọi 0900.000.001-0900000002", "gọi ***001-***002"),
        ("máy bàn (0234) 3822 222.", "máy bàn (***222."),
        ("+84 (0) 900-000-001", "***001"),
        ("84900000001", "***001"),
        ("+1 415 555 0100", "***100"),
        ("Zalo:0900000001", "Zalo:***001"),
        ("CCCD 079 099 000 001.", "CCCD ***001."),
        ("cccd 001099000001", "cccd ***001"),
        ("CMND 123456789", "CMND ***789"),
        ("STK 1903 4567890123456", "STK 1903 ***456"),
        ("thư an.nguyen@example.vn, b@c.vn", "thư a***@e***.vn, b***@c***.vn"),
    ],
)
def test_personal_values_in_free_text(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "lúc 20:05:03.123456 ngày 12.10.2021, 20/10/2021",
        "2021-10-20T08:00:00.123456Z",
        "giá 1.000.000 đồng, 12 hộ, số nhà 45/12/3",
        "gọi 1022, 113, 1900 1022",
        "hồ sơ 4f0900000001ab",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask_text(text) == text


@given(prefix=st.text(max_size=20), digits=st.text("0123456789", min_size=8, max_size=8), suffix=st.text(max_size=20))
def test_no_mobile_number_survives(prefix: str, digits: str, suffix: str) -> None:
    number = "09" + digits
    assert number not in mask_text(f"{prefix} {number} {suffix}")


@given(text=st.text(st.sampled_from("09 .-+()a@v84")))
def test_masking_twice_changes_nothing(text: str) -> None:
    assert mask_text(mask_text(text)) == mask_text(text)


def test_hostile_text_is_masked_in_linear_time() -> None:
    """Runs into the test's time limit if an expression backtracks."""
    for piece in ("a", "a@", "0 ", "+8", "a.", "0(", "input_value="):
        mask_text(piece * 50_000)
        mask_log_event(None, "", {"event": piece * 20_000})


@pytest.mark.parametrize(
    "key",
    [
        "text",
        "body",
        "otp",
        "token",
        "password",
        "identity_number",
        "access_token",
        "Set-Cookie",
        "raw_body",
        "X-Api-Key",
    ],
)
def test_forbidden_keys(key: str) -> None:
    assert is_forbidden(key)
    assert mask_log_event(None, "", {"event": "e", key: "canary"}) == {"event": "e"}


@pytest.mark.parametrize("key", ["subject_id", "channel", "case", "text_length", "outcome", "tokens_left"])
def test_allowed_keys(key: str) -> None:
    assert mask_log_event(None, "", {"event": "e", key: "x"}) == {"event": "e", key: "x"}


class Colour(enum.StrEnum):
    """Something with a value."""

    PHONE = "0900000001"


class Profile:
    """An object whose repr might say anything."""

    def __repr__(self) -> str:
        return "canary"


@pytest.mark.parametrize(
    ("key", "value", "logged"),
    [
        ("event", "sent to 0900000001", "sent to ***001"),
        ("phone", "0900000001", "***001"),
        ("phone", 900000001, "***001"),
        ("phones", ("0900000001", "0900000002"), ["***001", "***002"]),
        ("name", "Nguyễn Văn An", "N*** V** A*"),
        ("recipient", "an@example.vn", "a***@e***.vn"),
        ("elapsed_ms", 1234567890, 1234567890),
        ("at", datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)),
        ("ok", True, True),
        ("nothing", None, None),
        (
            "detail",
            {"text": "canary", "phone": "0900000001", "n": [1, "0900000001"]},
            {"phone": "***001", "n": [1, "***001"]},
        ),
        ("kind", Colour.PHONE, "***001"),
        ("path", Path("/media/0900000001"), "/media/***001"),
        ("error", ValueError("no 0900000001"), "ValueError: no ***001"),
        ("data", b"canary", "<bytes>"),
        ("who", Profile(), "<Profile>"),
    ],
)
def test_values_in_logs(key: str, value: object, logged: object) -> None:
    assert mask_log_event(None, "", {key: value}) == {key: logged}


def test_values_echoed_by_libraries_are_cut() -> None:
    class Form(BaseModel):
        age: int

    with pytest.raises(ValidationError) as caught:
        Form.model_validate({"age": "Nguyễn Văn Canary"})

    logged = mask_log_event(None, "", {"error": caught.value, "exception": f"{caught.value}"})
    assert "Canary" not in str(logged)
    assert "input_type=str" in str(logged["exception"])
    database = "IntegrityError: UNIQUE\n[SQL: INSERT]\n[parameters: ('Canary',)]\n(Background)"
    assert "Canary" not in str(mask_log_event(None, "", {"exception": database}))


def test_in_a_real_logger() -> None:
    """Structlog's own keys pass; everything else goes through the processor."""
    lines: list[str] = []

    class Sink:
        def msg(self, line: str) -> None:
            lines.append(line)

        info = error = msg

    log = structlog.wrap_logger(
        Sink(),
        processors=[structlog.processors.format_exc_info, mask_log_event, structlog.processors.JSONRenderer()],
    )
    try:
        raise ValueError("0900000001 an@example.vn")
    except ValueError:
        log.error("message_sent", phone="0900000001", text="canary", _internal="kept", exc_info=True)

    assert "canary" not in lines[0]
    assert "0900000001" not in lines[0]
    assert "an@example.vn" not in lines[0]
    assert "ValueError: ***001 a***@e***.vn" in lines[0]
    assert "kept" in lines[0]
