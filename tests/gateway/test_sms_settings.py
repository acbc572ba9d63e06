"""The SMS section: off, whole, or told what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from channels.sms.settings import SmppSettings
from core.contract.errors import ConfigError
from core.contract.ports import HookedChannel, ListeningChannel
from gateway.deployment import open_deployment
from gateway.settings.load import mistakes
from gateway.settings.model import Settings
from gateway.settings.sms import sms_mistakes, sms_settings
from tests.support.deployments import settings_for

SECRET = "sixteen-letters-or-more"
WHOLE: dict[str, dict[str, Any]] = {
    "twilio": {"account_sid": "AC1", "auth_token": "t"},
    "esms": {"api_key": "a", "secret_key": "s", "hook_secret": SECRET},
    "speedsms": {"token": "t", "hook_secret": SECRET},
    "smpp": {"host": "10.0.0.5", "system_id": "s", "password": "p"},
}


def given(**sms: Any) -> Settings:
    return Settings.model_validate({"public_url": "https://gw.example.vn/", "sms": sms})


def wrong(**sms: Any) -> list[str]:
    found = sms_mistakes(given(**sms))
    assert all(one.example for one in found)
    return [f"{one.key}: {one.problem}" for one in found]


def test_without_a_carrier_there_is_no_sms() -> None:
    """By default."""
    assert sms_settings(Settings()) is None
    assert sms_mistakes(Settings()) == []


@pytest.mark.parametrize("carrier", WHOLE)
def test_a_whole_section_becomes_the_channels_settings(carrier: str) -> None:
    """Our public address without a slash at its end."""
    settings = sms_settings(given(carrier=carrier, sender="LANGNGHE", **{carrier: WHOLE[carrier]}))

    assert wrong(carrier=carrier, sender="LANGNGHE", **{carrier: WHOLE[carrier]}) == []
    assert settings is not None
    assert (settings.public_url, settings.carrier.carrier) == ("https://gw.example.vn", carrier)
    assert settings.carrier.sender == "LANGNGHE"


ORDINARY = [
    ("twilio", "+15005550006", {}),
    ("smpp", "84900000001", {}),
    ("esms", "LANGNGHE", {"sms_type": "8"}),
    ("speedsms", "LANGNGHE", {"sms_type": 2}),
]
REGISTERED = [
    ("twilio", "LANGNGHE", {}),
    ("twilio", "MG00000000000000000000000000000001", {}),
    ("smpp", "8100", {}),
    ("esms", "LANGNGHE", {"sms_type": "2"}),
    ("speedsms", "LANGNGHE", {"sms_type": 3}),
]


@pytest.mark.rule("VN-6")
@pytest.mark.parametrize(("carrier", "sender", "more"), ORDINARY)
def test_in_production_nobody_is_written_to_by_an_ordinary_number(
    carrier: str, sender: str, more: Mapping[str, Any]
) -> None:
    """The process does not start with one; a demo may play with whatever it has."""
    sms = {"carrier": carrier, "sender": sender, carrier: {**WHOLE[carrier], **more}}
    found = {
        mode: sms_mistakes(Settings.model_validate({"mode": mode, "public_url": "https://gw.example.vn", "sms": sms}))
        for mode in ("production", "demo")
    }

    assert [one.key for one in found["production"]] == ["sms.sender"]
    assert found["demo"] == []


@pytest.mark.rule("VN-6")
@pytest.mark.parametrize(("carrier", "sender", "more"), REGISTERED)
def test_a_registered_name_or_short_code_is_taken(carrier: str, sender: str, more: Mapping[str, Any]) -> None:
    sms = {"carrier": carrier, "sender": sender, carrier: {**WHOLE[carrier], **more}}
    given = {"mode": "production", "public_url": "https://gw.example.vn", "sms": sms}

    assert sms_mistakes(Settings.model_validate(given)) == []


@pytest.mark.parametrize("carrier", WHOLE)
@pytest.mark.parametrize("which", [0, 1])
def test_what_is_missing_is_named(carrier: str, which: int) -> None:
    """With an example."""
    name = list(WHOLE[carrier])[which]
    left = {key: value for key, value in WHOLE[carrier].items() if key != name}

    assert wrong(carrier=carrier, sender="LANGNGHE", **{carrier: left}) == [
        f"sms.{carrier}.{name}: missing, while sms.carrier is {carrier}"
    ]
    assert f"sms.sender: missing, while sms.carrier is {carrier}" in wrong(carrier=carrier, **{carrier: left})


def test_a_section_without_a_carrier_is_a_mistake() -> None:
    """Somebody meant to switch it on."""
    assert wrong(sender="LANGNGHE") == ["sms.carrier: missing, while others are given"]
    assert wrong(esms={"api_key": "a"}) == ["sms.carrier: missing, while others are given"]


def test_what_cannot_be_is_told() -> None:
    """A path that could be guessed, an interface that is not safe to speak to."""
    short = wrong(carrier="speedsms", sender="A", speedsms={"token": "t", "hook_secret": "short"})
    plain = wrong(carrier="twilio", sender="A", twilio={**WHOLE["twilio"], "base_url": "http://api.example.vn"})

    assert short == ["sms.speedsms.hook_secret: Value error, at least 16 letters, digits, dashes or underscores"]
    assert plain == ["sms.twilio.base_url: not an https address"]


def test_the_file_holds_no_secret(tmp_path: Path) -> None:
    """Secrets come from the environment or a file, and a mistake stops the start."""
    file = tmp_path / "langnghe.toml"
    file.write_text(
        'mode = "demo"\n[sms]\ncarrier = "smpp"\nsender = "8100"\n[sms.smpp]\nhost = "10.0.0.5"\n'
        'system_id = "langnghe"\npassword = "env:SMPP_PASSWORD"\nwindow = 5\n'
    )
    environ = {"LANGNGHE_CONFIG": str(file), "SMPP_PASSWORD": "hidden"}
    found, without = mistakes(environ), mistakes({"LANGNGHE_CONFIG": str(file)})

    assert isinstance(found, Settings)
    assert "hidden" not in repr(found)
    settings = sms_settings(found)
    assert settings is not None
    assert isinstance(settings.carrier, SmppSettings)
    assert (settings.carrier.password.get_secret_value(), settings.carrier.window) == ("hidden", 5)
    assert isinstance(without, list)
    assert isinstance(without[0], ConfigError)
    assert without[0].key == "sms.smpp.password"


@pytest.mark.parametrize("carrier", WHOLE)
async def test_a_deployment_has_the_channel(tmp_path: Path, carrier: str) -> None:
    """Built from its settings, and stopped with it; off where nothing is set."""
    section = {"sms": {"carrier": carrier, "sender": "LANGNGHE", carrier: WHOLE[carrier]}}
    async with open_deployment(settings_for(tmp_path / "with", **section)) as deployment:
        channel = deployment.channels["sms"]
        assert isinstance(channel, HookedChannel) == (carrier != "smpp")
        assert isinstance(channel, ListeningChannel) == (carrier == "smpp")
    async with open_deployment(settings_for(tmp_path / "without")) as deployment:
        assert "sms" not in deployment.channels
