"""Calls of the machine, without a telephone: what it was sent for, and what comes of it as a test says."""

from __future__ import annotations

from dataclasses import dataclass, field

from channels.call_center.calling_people import CallingChannel, Manners
from channels.call_center.errands import Errand, ErrandEnd, Outcome
from channels.call_center.facts import CHANNEL
from tests.support.calls import spool_of
from tests.support.deployments import World

CALL = "0" * 31 + "7"


@dataclass
class Telephony:
    """Telephony processes. `away`: none is there, or it went away in the call."""

    outcome: Outcome = Outcome.REACHED
    away: Exception | None = None
    errands: list[Errand] = field(default_factory=list)

    async def run(self, errand: Errand) -> ErrandEnd:
        """Note it, and say what came of it."""
        self.errands.append(errand)
        return await self.asked(errand.message)

    async def asked(self, message: str) -> ErrandEnd:
        """The same of every message."""
        if self.away is not None:
            raise self.away
        return ErrandEnd(outcome=self.outcome, call=CALL)


def with_calls(world: World) -> Telephony:
    """From now on this deployment calls people."""
    made, deployment = Telephony(), world.deployment
    calling = CallingChannel(
        errands=made, manners=Manners(), secret=b"s" * 16, spool=spool_of(world), hash_pin=lambda pin, _code: pin
    )
    for channels in (deployment.channels, deployment.proving.carriers._channels):
        assert isinstance(channels, dict)
        channels[CHANNEL] = calling
    return made
