"""What a deployment's settings make of the hotline."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.call_center.ports import TrunkState
from core.contract.errors import ConfigError
from gateway.settings import Settings
from gateway.settings.calls import calls_warnings
from gateway.telephony.building import flow_of, hotline_of
from gateway.telephony.sentences import catalogue_of, prompts_of


def settings(folder: Path, **call_center: object) -> Settings:
    """A demo with its data in a folder of its own."""
    return Settings.model_validate({"data": folder, "mode": "demo", "call_center": call_center})


def test_the_demo_takes_calls_of_this_machine_as_fast_as_they_come(tmp_path: Path) -> None:
    """One line, the programs of this machine as its peers, others throttled."""
    (line,) = hotline_of(settings(tmp_path)).trunks

    assert line.lists("127.0.0.1")
    assert line.lists("::1")
    assert not line.lists("192.0.2.1")
    assert line.public
    assert line.status().state is TrunkState.IDLE


def test_trunks_are_those_of_the_settings(tmp_path: Path) -> None:
    """A demo with a carrier has no line of its own beside it."""
    trunks = {
        "carrier": {
            "host": "192.0.2.7",
            "user": "hotline",
            "password": "mat-khau",
            "registers": True,
            "domain": "example.vn",
        }
    }
    hotline = hotline_of(settings(tmp_path, trunks=trunks, sip_host="0.0.0.0"))

    assert [line.name for line in hotline.trunks] == ["carrier"]
    assert hotline.trunks[0].settings.register
    assert hotline.trunks[0].settings.realm == "example.vn"
    assert not hotline.trunks[0].lists("127.0.0.1")


@pytest.mark.parametrize("wrong", [{"peers": ("nhà mạng",)}, {"registers": True}])
def test_a_trunk_that_cannot_be_is_told_by_its_name(tmp_path: Path, wrong: dict[str, object]) -> None:
    """Before anything listens."""
    with pytest.raises(ConfigError, match=r"call_center\.trunks\.carrier"):
        hotline_of(settings(tmp_path, trunks={"carrier": wrong}))


@pytest.mark.parametrize(("address", "anywhere"), [("127.0.0.1", True), ("::1", True), ("0.0.0.0", False), ("", True)])
async def test_sound_from_elsewhere_is_taken_where_only_this_machine_can_send_it(
    tmp_path: Path, address: str, anywhere: bool
) -> None:
    """A softphone beside the gateway names its other address, and sends from this one."""
    engine = hotline_of(settings(tmp_path, media_address=address)).engine

    assert engine._settings.behind_nat is anywhere


async def test_a_deployment_may_say_that_its_lines_are_behind_nat(tmp_path: Path) -> None:
    """A router in between writes another address."""
    engine = hotline_of(settings(tmp_path, media_address="0.0.0.0", behind_nat=True)).engine

    assert engine._settings.behind_nat


OWN_FLOW = "based_on: standard\nsteps:\n  welcome: {do: say, say: [welcome, market_day], then: notice}\n"


def test_a_province_says_sentences_of_its_own(tmp_path: Path) -> None:
    """Listed beside its recordings; without the list its flow would say what nobody knows."""
    (tmp_path / "flow.yaml").write_text(OWN_FLOW)
    ours = settings(tmp_path, flow=str(tmp_path / "flow.yaml"))
    with pytest.raises(ConfigError, match="market_day"):
        flow_of(ours, catalogue_of(ours))
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "slots.yaml").write_text("sentences: {market_day: Hôm nay là ngày chợ phiên.}", "utf-8")

    catalogue = catalogue_of(ours)
    assert flow_of(ours, catalogue).flow.name
    assert "market_day" in prompts_of(ours, catalogue).missing
    assert catalogue["digit_1"].text == "một"


@pytest.mark.parametrize("written", ["sentences: [", "songs: {a: b}"])
def test_a_list_with_a_mistake_is_named(tmp_path: Path, written: str) -> None:
    """At the start, and by `config check`."""
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "slots.yaml").write_text(written)
    ours = settings(tmp_path, enabled="yes")
    with pytest.raises(ConfigError, match=r"slots\.yaml"):
        catalogue_of(ours)

    (warning,) = calls_warnings(ours.model_copy(update={"mode": "production"}))
    assert "slots.yaml" in warning
