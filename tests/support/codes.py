"""Phones that one-time passwords come to, in tests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from core.contract.ports import Reach, SendResult
from core.contract.schema import OutboundMessage
from tests.support.deployments import World
from tests.support.hooked import HookedTestChannel

PHONE, WRITTEN = "+84900000001", "0900 000 001"


@dataclass
class Phones(HookedTestChannel):
    """A channel that reaches every phone; `problem` is raised in the place of sending."""

    codes_to: Literal["phone", "email", ""] = "phone"
    codes_from: str = "brand"
    problem: Exception | None = field(default=None)
    reaches: Sequence[Reach] = ()

    async def send(self, message: OutboundMessage) -> SendResult:
        """Shown on the phone, unless something is wrong."""
        if self.problem is not None:
            raise self.problem
        return await super().send(message)

    def codes(self, number: str = PHONE) -> list[str]:
        """What this phone shows, the newest last."""
        shown = [one.text for one in self.sent if one.recipient.value == number]
        return [re.findall(r"\b\d{6}\b", text)[0] for text in shown]


def with_phones(world: World, name: str = "sms", *, news: bool = False) -> Phones:
    """From now on this deployment reaches phones; `news`: not with passwords alone."""
    phones = Phones(name=name, reaches=(Reach("phone", "SMS", "brand", price=2),) if news else ())
    channels = world.deployment.channels
    assert isinstance(channels, dict)
    channels[name] = phones
    return phones
