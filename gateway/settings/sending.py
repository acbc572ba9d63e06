"""How fast messages leave, how many a day, and when another way is tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field

from core.clock.errors import NotationInvalid
from core.contract.errors import ConfigError
from core.notify.quiet import quiet_hours
from gateway.settings.base import Section

if TYPE_CHECKING:
    from gateway.settings.model import Settings

NAMES = frozenset({"app", "email", "facebook", "partner", "sms", "telegram", "web", "webpush", "zalo"})
"""Channels that may be named; those that are off may be as well."""


def _readable(hours: str) -> str:
    try:
        quiet_hours(hours)
    except NotationInvalid as error:
        raise ValueError('hours of a night, like "22:00-06:00", or "never"') from error
    return hours


class Sending(Section):
    """
    What holds sending back. Both tables go by the name of a channel and before what the channel itself declares.

    `per_day` counts in Vietnam's days. A notice whose way fails for `elsewhere_minutes` goes another way.
    """

    per_second: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    per_day: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    elsewhere_minutes: float = Field(default=30, gt=0, le=1440)
    quiet_hours: Annotated[str, AfterValidator(_readable)] = ""


def sending_mistakes(settings: Settings) -> list[ConfigError]:
    """Names that are none of a channel."""
    ours = settings.sending
    named = [("per_second", name) for name in ours.per_second] + [("per_day", name) for name in ours.per_day]
    example = "[sending.per_day]\nemail = 2000"
    wrong = [(key, name) for key, name in named if name not in NAMES]
    return [ConfigError(f"sending.{key}.{name}", "no such channel", example=example) for key, name in wrong]
