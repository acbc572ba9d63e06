"""Who may play providers, with which credentials, and for which channels."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from core.contract.errors import ConfigError
from gateway.cli import main
from gateway.sandbox.connected import connected, played
from gateway.sandbox.credentials import Credentials, held_credentials
from gateway.sandbox.process import Gateway, playing
from gateway.settings import load_settings
from gateway.settings.call_twilio import voice_settings
from gateway.settings.channels import facebook_settings, telegram_settings
from gateway.settings.model import Settings
from gateway.settings.sms import sms_settings
from gateway.settings.zalo import zalo_settings

NOWHERE = Gateway("http://127.0.0.1:9", ("127.0.0.1", 9))
ALL = ("email", "zalo", "facebook", "telegram", "sms", "push", "voice")


def demo(data: Path) -> Settings:
    """Settings as a demo reads them."""
    return load_settings({"LANGNGHE_MODE": "demo", "LANGNGHE_DATA": str(data)})


async def test_production_plays_nobody(tmp_path: Path) -> None:
    """Before a port is opened or a file written."""
    settings = demo(tmp_path).model_copy(update={"mode": "production"})
    with pytest.raises(ConfigError, match="demo mode only"):
        async with playing(settings, NOWHERE, ports={}):
            pass
    assert list(tmp_path.iterdir()) == []


def test_the_command_refuses_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1 and one sentence."""
    key = tmp_path / "key"
    key.write_text("00" * 32)
    monkeypatch.setenv("LANGNGHE_MODE", "production")
    monkeypatch.setenv("LANGNGHE_MASTER_KEY", f"file:{key}")
    monkeypatch.setenv("LANGNGHE_DATA", str(tmp_path / "var"))

    assert main(["sandbox"]) == 1
    assert "mode: the sandbox plays providers in demo mode only" in capsys.readouterr().err
    assert not (tmp_path / "var").exists()


async def test_everybody_answers_at_the_ports_that_were_named(tmp_path: Path) -> None:
    """A second start at the same addresses; the page tells all of them."""
    async with playing(demo(tmp_path), NOWHERE, ports={}) as first:
        assert first.keys() == {*ALL, "page"}
    ports = {name: int(where["http"].rpartition(":")[2]) for name, where in first.items()}
    async with playing(demo(tmp_path), NOWHERE, ports=ports) as second, aiohttp.ClientSession() as session:
        assert {name: one["http"] for name, one in second.items()} == {name: one["http"] for name, one in first.items()}
        async with session.get(f"{second['page']['http']}/sandbox/state") as answer:
            assert {one["name"] for one in (await answer.json())["channels"]} == set(ALL)


def test_credentials_are_made_once_and_kept_from_others(tmp_path: Path) -> None:
    """What cannot be read is made anew."""
    made = held_credentials(tmp_path)
    path = tmp_path / "sandbox.json"
    assert held_credentials(tmp_path) == made != held_credentials(tmp_path / "other")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    path.write_text("{")
    renewed = held_credentials(tmp_path)
    assert renewed != made
    assert json.loads(path.read_text()) == renewed.model_dump()


def test_every_channel_speaks_to_its_sandbox(tmp_path: Path) -> None:
    """The settings that come of it are ones that the channels accept."""
    known = Credentials()
    addresses = {name: {"http": f"http://127.0.0.1:{port}", "smtp": "127.0.0.1:5"} for port, name in enumerate(ALL, 11)}
    settings = connected(demo(tmp_path), addresses | {"page": {"http": "http://127.0.0.1:20"}}, known)

    zalo, sms = zalo_settings(settings), sms_settings(settings)
    assert zalo is not None
    assert sms is not None
    assert (zalo.oa_id, str(zalo.api_url)) == (known.zalo_oa_id, "http://127.0.0.1:12")
    assert facebook_settings(settings).graph_url == "http://127.0.0.1:13"
    assert telegram_settings(settings, hook_secret="x" * 32).hook_url == "http://127.0.0.1:8080/hooks/telegram"
    assert sms.carrier.sender == known.twilio_number
    line = voice_settings(settings)
    assert line is not None
    assert (line.numbers, line.base_url) == ((known.twilio_number,), "http://127.0.0.1:17")
    assert line.stream("1-x") == f"ws://127.0.0.1:8080/hooks/twilio/{known.twilio_account}/stream/1-x"
    assert settings.sandbox.page == 20


def test_a_provider_that_somebody_set_up_is_left_alone(tmp_path: Path) -> None:
    """A demo may try one real channel."""
    settings = demo(tmp_path)
    token = SecretStr("7000000001:a-token-of-a-real-bot-0000000000000")
    own = settings.model_copy(update={"telegram": settings.telegram.model_copy(update={"token": token})})

    addresses = {"telegram": {"http": "http://127.0.0.1:11"}}
    assert set(played(own)) == set(ALL) - {"telegram"}
    assert connected(own, addresses, Credentials()).telegram == own.telegram
