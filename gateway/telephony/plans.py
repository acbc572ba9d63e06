"""The dial plan of this deployment in its versions: each stays, with who wrote it and when; the newest is in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from pydantic import ValidationError

from channels.call_center.flow.plan import UNCHANGED, Plan
from core.contract.errors import VersionConflict
from core.storage import settings
from core.storage.database import Database

log = structlog.get_logger()

_PREFIX = "dial_plan:"
_DIGITS = 6  # of a version's number in its key: keys sort as numbers do


@dataclass(frozen=True)
class Edition:
    """One version; `number` 0 is the flow as it is written, which nobody changed."""

    number: int
    plan: Plan
    by: str
    at: datetime


class PlanBook:
    """Reads and writes versions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self) -> Plan:
        """What is in force; nothing is changed where nobody ever wrote, or where what they wrote is read no more."""
        stored = await self._database.read(partial(settings.last, prefix=_PREFIX))
        try:
            return Plan.model_validate(stored["plan"]) if stored else UNCHANGED
        except ValidationError:
            log.error("dial_plan_unread")
            return UNCHANGED

    async def editions(self) -> list[Edition]:
        """All that can be read, the newest first."""
        stored = await self._database.read(partial(settings.under, prefix=_PREFIX))
        found = (_edition(key, stored[key]) for key in sorted(stored, reverse=True))
        return [one for one in found if one is not None]

    async def write(self, plan: Plan, *, after: int, by: str, at: datetime) -> None:
        """The version after the one that was looked at. Raises: VersionConflict: somebody wrote it meanwhile."""
        value = {"plan": plan.model_dump(mode="json"), "by": by, "at": at.isoformat()}
        key = f"{_PREFIX}{after + 1:0{_DIGITS}}"
        if not await self._database.write(partial(settings.add, key=key, value=value)):
            raise VersionConflict("the dial plan was changed meanwhile")
        log.warning("dial_plan_changed", version=after + 1, by=by)


def _edition(key: str, value: dict[str, Any]) -> Edition | None:
    try:
        plan = Plan.model_validate(value["plan"])
    except ValidationError:
        return None
    return Edition(int(key), plan, value["by"], datetime.fromisoformat(value["at"]))
