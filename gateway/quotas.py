"""What each channel may send today, and what is used up; for the figures, the console and the command line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from core.clock import local
from core.storage import counts
from gateway.deployment import Deployment


@dataclass(frozen=True)
class Quota:
    """Of one channel, on this day in Vietnam."""

    channel: str
    spent: int
    per_day: int

    @property
    def is_spent(self) -> bool:
        """Whether messages go another way now, or wait for tomorrow."""
        return self.spent >= self.per_day


async def quotas_of(deployment: Deployment) -> list[Quota]:
    """Of the channels that have one, in the order of the registry."""
    limits = {name: one.per_day for name, one in deployment.bounds.allowances.items()}
    if not any(limit is not None for limit in limits.values()):
        return []
    spent = await deployment.database.read(partial(counts.spent_on, day=local(deployment.now()).date()))
    return [Quota(name, spent.get(name, 0), limit) for name, limit in limits.items() if limit is not None]
