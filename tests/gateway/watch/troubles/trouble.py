"""What a trouble is, and how the watch looks at it; the troubles themselves are in the files beside."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from core.contract.ports import ItemKey, RawDelivery
from core.contract.schema import new_id
from gateway.watch.watch import Watch
from tests.support.deployments import World

Mend = Callable[[], Awaitable[Any]]
LAMP = "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng từ hôm qua."


@dataclass
class Trouble:
    """What to look with, how long it takes to ring, and how it ends (None: only with the process)."""

    watch: Watch
    after: timedelta = timedelta(seconds=1)
    mend: Mend | None = None


async def look(world: World, watch: Watch, after: timedelta = timedelta()) -> set[str]:
    """Time passes, and the watch looks; returns what rings."""
    world.clock.at += after
    await watch.run_once()
    return {one.alarm.name for one in watch.ringing}


async def nothing() -> None:
    """Time alone mends it."""


def with_limit(world: World, **limits: float) -> Any:
    """The deployment with another limit."""
    settings = world.deployment.settings
    alarms = settings.alarms.model_copy(update=limits)
    return replace(world.deployment, settings=settings.model_copy(update={"alarms": alarms}))


def delivery(world: World) -> tuple[RawDelivery, list[ItemKey]]:
    """One message nobody has seen yet."""
    name = new_id()
    raw = RawDelivery("email", "phananh@langnghe.example.vn", b"a mail", received_at=world.clock())
    return raw, [ItemKey(name, name)]
