"""
The telephony side of the link: hands calls over until they are taken, and tells how it is.

The web side may be away for as long as it likes: calls wait in the spool, look-ups say so within seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from pydantic import ValidationError

from channels.call_center.flow.happenings import Looked
from channels.call_center.flow.plan import UNCHANGED, Plan
from channels.call_center.spool import Spool
from channels.call_center.status import TelephonyStatus
from channels.call_center.tools import Standing
from core.contract.errors import PayloadInvalid
from gateway.telephony.peers import Away, Peers
from gateway.telephony.standing import Told

log = structlog.get_logger()

_PATIENCE_S = 3.0
_HAND_OVER_S = 10.0
_EVERY_S = 1.0
_AT_ONCE = 20
_SWEEP_S = 3600.0
_KEPT = timedelta(days=30)
"""How long a recording that nobody fetches stays after its call was handed over: its caller was erased."""


class Liaison:
    """
    Speaks to the web side, and remembers what it said.

    Args:
        links: the folder where it listens. `memory`: what it said last, for a start while it is away.
    """

    def __init__(self, links: Path, *, spool: Spool, memory: Path, now: Callable[[], datetime]) -> None:
        self._webs = Peers(lambda: links.glob("*.sock"))
        self._spool = spool
        self._memory = memory
        self._now = now
        self._told = _remembered(memory)
        self._away = False
        self.ended = asyncio.Event()
        self.silent_s = 0.0

    def standing(self) -> Standing:
        """What the centre is like, as far as is known; open where nobody ever said."""
        return self._told.at(self._now()) if self._told else Standing()

    def plan(self) -> Plan:
        """What the centre changed of its flow, as it was told last."""
        return self._told.plan if self._told else UNCHANGED

    def seal_to(self) -> bytes | None:
        """Public key of whoever may open recordings, as it was told last; None where nobody ever said."""
        return bytes.fromhex(self._told.seal_to) if self._told and self._told.seal_to else None

    def reader(self) -> bytes | None:
        """The same of whoever may read who called; None also where they could not."""
        return self.seal_to() if self._told and self._told.opens_records else None

    async def look_up(self, code: str, pin: str, *, caller: str) -> Looked:
        """Where a report stands."""
        return await self._looked({"action": "look_up", "code": code, "pin": pin, "caller": caller})

    async def stage_of(self, code: str) -> Looked:
        """The same, for a call of ours to a number that is proved to be its reporter's."""
        return await self._looked({"action": "stage", "code": code})

    async def _looked(self, request: dict[str, Any]) -> Looked:
        try:
            said = await self._webs.ask(request, within_s=_PATIENCE_S)
        except Away:
            return Looked(None)
        if "found" not in said:
            return Looked(None)
        return Looked(
            bool(said["found"]),
            stage=tuple(said.get("stage", ())),
            due=tuple(said.get("due", ())),
            ratable=bool(said.get("ratable")),
            levels=said.get("levels", 3),
        )

    async def hand_over_all(self) -> int:
        """
        Give what waits to the inbox, oldest first, some at once; returns how many were taken.

        A record that cannot be read stays where it is, seen by an alarm, and holds up no other.
        """
        handed = 0
        for place in await asyncio.to_thread(self._spool.waiting):
            taken = await self._hand_over(place)
            if taken is None or handed == _AT_ONCE:
                break
            handed += taken
        return handed

    async def _hand_over(self, place: Path) -> bool | None:
        """Whether a call was taken; None: nobody takes any now."""
        body = await asyncio.to_thread(self._spool.body, place)
        request = {"action": "hand_over", "record": body.decode(errors="replace")}
        try:
            said = await self._webs.ask(request, within_s=_HAND_OVER_S)
        except Away as error:
            self._note_away(str(error))
            return None
        if said.get("kept"):
            await asyncio.to_thread(self._spool.handed, place)
            return True
        if said.get("error") == PayloadInvalid.code:
            return False
        self._note_away(str(said.get("error", "")))
        return None

    async def report(self, status: TelephonyStatus) -> bool:
        """Tell every web process how we are and hear what the centre is like; False while nobody listens."""
        request = {"action": "report", "status": status.model_dump(mode="json")}
        try:
            told = Told.model_validate(await self._webs.tell(request, within_s=_PATIENCE_S))
        except (Away, ValidationError) as error:
            self._note_away(str(error) if isinstance(error, Away) else type(error).__name__)
            return False
        if self._away:
            self._away = False
            log.info("web_side_back")
        if told != self._told:
            self._told = told
            await asyncio.to_thread(_remember, self._memory, told)
        return True

    def _note_away(self, why: str) -> None:
        if not self._away:
            self._away = True
            log.warning("web_side_away", why=why)

    async def run(self, status: Callable[[], Awaitable[TelephonyStatus]]) -> None:
        """Both, each second and whenever a call has ended, until cancelled. `silent_s` counts what was not heard."""
        loop = asyncio.get_running_loop()
        heard, swept = loop.time(), -_SWEEP_S
        while True:
            if loop.time() - swept >= _SWEEP_S:
                swept = loop.time()
                await asyncio.to_thread(self._spool.sweep, self._now() - _KEPT)
            self.ended.clear()
            if await self.report(await status()):
                heard = loop.time()
                while await self.hand_over_all() == _AT_ONCE:
                    continue
            self.silent_s = loop.time() - heard
            with suppress(TimeoutError):
                async with asyncio.timeout(_EVERY_S):  # wait_for loses a cancellation that comes with the event
                    await self.ended.wait()


def _remembered(memory: Path) -> Told | None:
    try:
        return Told.model_validate_json(memory.read_bytes())
    except (OSError, ValidationError):
        return None


def _remember(memory: Path, told: Told) -> None:
    fresh = memory.with_suffix(".part")
    fresh.write_text(told.model_dump_json())
    fresh.replace(memory)
