"""How fast, how many and how long: settings that go before what channels declare."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from core.contract.ports import UNLIMITED, Allowance
from core.service.turns import OwnTurns
from gateway.deployment import bounds_of
from gateway.registry import CHANNELS
from gateway.settings.load import mistakes
from gateway.settings.sending import NAMES, sending_mistakes
from tests.support.deployments import settings_for
from tests.support.hooked import HookedTestChannel


@dataclass
class Modest(HookedTestChannel):
    """Its provider takes four a second, two at once."""

    allowance: Allowance = field(default_factory=lambda: Allowance(per_second=4, at_once=2))


def test_settings_go_before_what_a_channel_declares(tmp_path: Path) -> None:
    """What they do not name stays."""
    settings = settings_for(
        tmp_path, sending={"per_second": {"zalo": 9}, "per_day": {"email": 2000}, "elsewhere_minutes": 5}
    )
    channels = {"zalo": Modest(name="zalo"), "email": Modest(name="email"), "web": HookedTestChannel(name="web")}

    bounds = bounds_of(settings, channels, turns=OwnTurns())

    assert bounds.allowances == {
        "zalo": Allowance(per_second=9, at_once=2),
        "email": Allowance(per_second=4, per_day=2000, at_once=2),
        "web": UNLIMITED,
    }
    assert bounds.pauses.elsewhere_after == timedelta(minutes=5)


def test_a_channel_that_is_none_is_a_mistake(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, sending={"per_day": {"fax": 3}, "per_second": {"zalo": 1}})
    assert [one.key for one in sending_mistakes(settings)] == ["sending.per_day.fax"]


def test_every_channel_that_sends_can_be_named() -> None:
    assert CHANNELS.keys() - {"call_center"} <= NAMES


def test_a_rate_of_nothing_is_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "langnghe.toml"
    path.write_text('mode = "demo"\n[sending.per_second]\nsms = 0\n', encoding="utf-8")
    found = mistakes({"LANGNGHE_CONFIG": str(path)})
    assert isinstance(found, list)
    assert [one.key for one in found] == ["sending.per_second.sms"]


def test_in_the_demo_nobody_sleeps_and_elsewhere_hours_are_checked(tmp_path: Path) -> None:
    """Whoever tries it in the evening sees the answer come; a province may have a night of its own."""
    path = tmp_path / "langnghe.toml"

    def read(text: str) -> object:
        path.write_text(text, encoding="utf-8")
        found = mistakes({"LANGNGHE_CONFIG": str(path)})
        return [one.key for one in found] if isinstance(found, list) else found.sending.quiet_hours

    assert read('mode = "demo"\n') == "never"
    assert read('mode = "demo"\n[sending]\nquiet_hours = "22:00-06:00"\n') == "22:00-06:00"
    assert read('mode = "demo"\n[sending]\nquiet_hours = "nachts"\n') == ["sending.quiet_hours"]
