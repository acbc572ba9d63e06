"""The hotline's line at Twilio: what is wrong with it is said before the start, and what is right becomes addresses."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.settings import Settings, load_settings
from gateway.settings.call_twilio import voice_mistakes, voice_settings
from gateway.telephony.running import digest_of

LINE = {
    "account_sid": "AC00000000000000000000000000000001",
    "auth_token": "a-token",
    "numbers": ["+842300000000"],
}
PUBLIC = "https://phananh.example.vn"


def settings(public_url: str = PUBLIC, **line: Any) -> Settings:
    return Settings.model_validate({"public_url": public_url, "call_center": {"twilio": LINE | line}})


def test_a_line_alone_makes_a_hotline() -> None:
    """Its numbers are answered beside the others, and it can call out."""
    found = settings()

    assert voice_mistakes(found) == []
    assert found.takes_calls
    assert found.call_center.answered == ("1022", "+842300000000")
    assert voice_settings(Settings()) is None


def test_hooks_and_streams_have_public_addresses() -> None:
    """Sound comes to the address of the hooks, or to one of its own."""
    ours, apart = voice_settings(settings()), voice_settings(settings(stream_url="wss://am.example.vn/s/"))

    assert ours is not None
    assert apart is not None
    assert ours.hook("voice") == f"{PUBLIC}/hooks/twilio/{LINE['account_sid']}/voice"
    assert ours.stream("1-x") == f"wss://phananh.example.vn/hooks/twilio/{LINE['account_sid']}/stream/1-x"
    assert apart.stream("1-x") == "wss://am.example.vn/s/1-x"


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ({"auth_token": ""}, "call_center.twilio.auth_token"),
        ({"numbers": []}, "call_center.twilio.numbers"),
        ({"numbers": ["0900000001"]}, "call_center.twilio.numbers"),
        ({"account_sid": ""}, "call_center.twilio.account_sid"),
        ({"base_url": "http://api.twilio.com"}, "call_center.twilio.base_url"),
        ({"stream_url": "https://am.example.vn"}, "call_center.twilio.stream_url"),
        ({"public_url": "http://phananh.example.vn"}, "public_url"),
    ],
)
def test_each_mistake_is_named(line: dict[str, Any], key: str) -> None:
    (mistake,) = voice_mistakes(settings(**line))

    assert str(mistake).startswith(f"{key}:")


def test_a_trial_elsewhere_starts_no_telephony_process_anew() -> None:
    """In the demo Twilio is played at another port after each start; calls go on."""
    here, there = settings(base_url="http://127.0.0.1:1"), settings(base_url="http://127.0.0.1:2")

    assert digest_of(here) == digest_of(there)
    assert digest_of(here) != digest_of(settings(auth_token="another"))
    told = load_settings({"LANGNGHE_MODE": "demo", "LANGNGHE_TWILIO_URL": "http://127.0.0.1:1"})
    assert voice_mistakes(told) == []
