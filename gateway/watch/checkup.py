"""What others must be asked, and therefore seldom: each channel its provider, and our own address its certificate."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from datetime import datetime
from typing import Any

import structlog

from core.contract.ports import Channel, Health
from gateway.watch.certificates import served_until
from gateway.watch.figures import Samples

log = structlog.get_logger()

_PATIENCE = 15.0
_DAY = 86_400
NO_ANSWER = "Chưa nhận được trả lời khi kiểm tra kênh này."


async def check_up(channels: Mapping[str, Channel], *, public_url: str, now: datetime) -> Samples:
    """Whether each channel could send now, and how many days certificates and tokens have left."""
    healths = await healths_of(channels)
    ends = {
        what: {(of,): health.expires[what] for of, health in healths.items() if what in health.expires}
        for what in ("certificate", "token")
    }
    shown = await served_until(public_url)
    if shown is not None:
        ends["certificate"][("portal",)] = shown
    return {
        "channel_up": {(of,): float(health.ok) for of, health in healths.items()},
        "certificate_days_left": _days(ends["certificate"], now),
        "token_days_left": _days(ends["token"], now),
    }


def _days(ends: Mapping[tuple[str], datetime], now: datetime) -> dict[tuple[str, ...], float]:
    return {of: (end - now).total_seconds() / _DAY for of, end in ends.items()}


async def healths_of(channels: Mapping[str, Channel], *, patience: float = _PATIENCE) -> dict[str, Health]:
    """What each channel says of itself, asked side by side; one that fails or is silent cannot send."""
    asked = (_health(name, channel.check_health(), patience) for name, channel in channels.items())
    return dict(zip(channels, await asyncio.gather(*asked), strict=True))


async def _health(name: str, asking: Coroutine[Any, Any, Health], patience: float) -> Health:
    try:
        return await asyncio.wait_for(asking, patience)
    except Exception as error:  # whatever a channel raises, it cannot send
        log.warning("channel_check_failed", channel=name, error=type(error).__name__)
        return Health(ok=False, detail=NO_ANSWER)
