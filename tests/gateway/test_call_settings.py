"""Settings of the hotline that are each right and together wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from gateway.settings import Settings
from gateway.settings.calls import calls_mistakes, calls_warnings


def settings(mode: str = "production", **call_center: Any) -> Settings:
    return Settings.model_validate({"mode": mode, "call_center": call_center})


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"rtp_first": 30000, "rtp_last": 20000}, "rtp_last"),
        ({"call_back_within": "soon"}, "call_back_within"),
        ({"flow": "/nowhere/flow.yaml"}, "flow"),
        ({"trunks": {"viettel": {"peers": ["nonsense"]}}}, "trunks.viettel"),
        ({"trunks": {"viettel": {"registers": True, "peers": ["203.0.113.7"]}}}, "trunks.viettel"),
        ({"trunks": {"viettel": {}}}, "trunks.viettel"),
        ({"outgoing": {"flow": "/nowhere/told.yaml"}}, "outgoing.flow"),
        ({"outgoing": {"code_flow": "/nowhere/code.yaml"}}, "outgoing.code_flow"),
        ({"outgoing": {"voice": ["/nowhere/speak"]}}, "outgoing.voice"),
        ({"outside": {"Trực ban huyện": "0232000001"}}, "outside"),
    ],
)
def test_each_mistake_is_named(given: dict[str, Any], key: str) -> None:
    (mistake,) = calls_mistakes(settings(**({"enabled": "yes"} | given)))

    assert f"call_center.{key}:" in str(mistake)


@pytest.mark.parametrize(
    ("given", "takes", "awaits"),
    [
        ({"mode": "demo"}, True, True),
        ({"mode": "demo", "roles": ["web", "worker"]}, True, False),
        ({"mode": "demo", "call_center": {"enabled": "no"}}, False, False),
        ({"mode": "production"}, False, False),
        ({"mode": "production", "call_center": {"trunks": {"a": {"host": "203.0.113.7"}}}}, True, True),
        ({"mode": "production", "roles": ["web"], "call_center": {"enabled": "yes"}}, True, True),
    ],
)
def test_whether_there_is_a_hotline(given: dict[str, Any], takes: bool, awaits: bool) -> None:
    found = Settings.model_validate(given)

    assert (found.takes_calls, found.awaits_calls) == (takes, awaits)
    assert calls_mistakes(found) == []


@pytest.mark.parametrize(
    ("trunk", "calls_out"),
    [({"host": "203.0.113.7"}, True), ({"peers": ["203.0.113.7"]}, False)],
    ids=["a carrier", "a PBX that calls us"],
)
def test_people_are_called_where_a_line_goes_out(trunk: dict[str, Any], calls_out: bool) -> None:
    assert settings(trunks={"viettel": trunk}).call_center.calls_out is calls_out


@pytest.mark.parametrize("number", ["0900 000 001", "sip:a@example.vn", "1900*", ""])
def test_a_place_outside_has_one_number_that_can_be_dialled(number: str) -> None:
    with pytest.raises(ValidationError, match="outside"):
        settings(outside={"Trực ban huyện": number})


@pytest.mark.rule("VN-8")
def test_a_machine_that_speaks_of_emergencies_is_warned_of(tmp_path: Path) -> None:
    """In production; a demo may."""
    (warning,) = calls_warnings(settings(enabled="yes", prompts=str(tmp_path)))

    assert "emergency_114" in warning
    assert calls_warnings(settings("demo", prompts=str(tmp_path))) == []
    assert calls_warnings(settings()) == []
