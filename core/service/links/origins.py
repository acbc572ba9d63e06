"""
Of cases that go between two deployments: where one came from, and how it stands where it went. Kept as facts, which
hold ids and public words only.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial

from core.service.links.news import Mirrored
from core.storage import settings
from core.storage.database import Connection, Database

_ORIGIN, _MIRROR = "link-origin:", "link-mirror:"


@dataclass(frozen=True)
class Origin:
    """A case and a dispatch of whoever handed it to us. `here`: it was put into our inbox."""

    case_id: str
    dispatch_id: str
    here: bool = False


@dataclass(frozen=True)
class Mirror:
    """How a dispatch of ours stands at the partner it went to: `stage` in public words, since `at`."""

    link: str
    state: str
    stage: str
    at: datetime


class Origins:
    """Keeps both."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, link: str, code: str) -> Origin | None:
        """Where the case with this code came from; None: not from there."""
        fact = await self._database.read(partial(settings.get, key=f"{_ORIGIN}{link}:{code}"))
        return None if fact is None else Origin(**fact)

    async def note(self, link: str, code: str, origin: Origin) -> None:
        """A case comes from there."""
        await self._database.write(partial(settings.put, key=f"{_ORIGIN}{link}:{code}", value=asdict(origin)))

    async def mirrors(self, case_id: str) -> dict[str, Mirror]:
        """How a case stands at partners: dispatch id → what they told last."""
        facts = await self._database.read(partial(settings.under, prefix=f"{_MIRROR}{case_id}:"))
        return {key: Mirror(**{**fact, "at": datetime.fromisoformat(fact["at"])}) for key, fact in facts.items()}

    async def reflect(self, link: str, told: Mirrored, at: datetime) -> None:
        """Keep what a partner told; what is older than what is known is passed over."""
        key = f"{_MIRROR}{told.case_id}:{told.dispatch_id}"
        fact = {"link": link, "state": told.state, "stage": told.stage, "at": at.isoformat()}

        def write(connection: Connection) -> None:
            known = settings.get(connection, key)
            if known is None or datetime.fromisoformat(known["at"]) <= at:
                settings.put(connection, key, fact)

        await self._database.write(write)
