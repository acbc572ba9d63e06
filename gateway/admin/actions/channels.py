"""Channels: whether they work, and connecting them with their provider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.contract.errors import NotFound
from core.contract.ports import RegistersHook
from core.storage.refusals import Refused
from gateway.deployment import Deployment
from gateway.quotas import quotas_of
from gateway.watch.checkup import healths_of


async def list_channels(deployment: Deployment, _arguments: Mapping[str, Any]) -> Any:
    """Every channel that is on, and how it is → name, ok, sentence, today's quota, what could not be proved lately."""
    refused = await deployment.refusals.lately()
    quotas = {one.channel: f"{one.spent}/{one.per_day}" for one in await quotas_of(deployment)}
    return [
        {
            "channel": name,
            "ok": health.ok,
            "detail": health.detail,
            "quota": quotas.get(name, ""),
            **_refused(refused.get(name)),
        }
        for name, health in (await healths_of(deployment.channels)).items()
    ]


def _refused(found: Refused | None) -> dict[str, Any]:
    return {"refused": found.count, "refused_at": found.last_at.isoformat()} if found else {"refused": 0}


async def connect(deployment: Deployment, arguments: Mapping[str, Any]) -> Any:
    """Have a provider call us → who we are there. NotFound: off, or nothing to connect. SendError: it says no."""
    name = str(arguments["channel"])
    channel = deployment.channels.get(name)
    if channel is None:
        raise NotFound(f"{name} is off: {', '.join(sorted(deployment.channels))} are on")
    if not isinstance(channel, RegistersHook):
        raise NotFound(f"{name} has no hook that it could register")
    return {"channel": name, "connected_as": await channel.register_hook()}
