"""The web side of errands: whichever telephony process answers calls the people."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from channels.call_center.calling_people import LONGEST_S, Manners, TelephonyAway
from channels.call_center.errands import Errand, ErrandEnd, Outcome
from gateway.lines import ask_line
from gateway.settings.outgoing import Outgoing
from gateway.telephony.paths import ERRANDS, node_sockets

_NOT_HERE = (Outcome.FULL, Outcome.NO_LINE)  # another process may have a place, or a line that is up


class ErrandLine:
    """Implements `Errands` over the sockets of a data folder, the first process first."""

    def __init__(self, data: Path) -> None:
        self._data = data

    async def run(self, errand: Errand) -> ErrandEnd:
        """See `Errands`."""
        said: dict[str, Any] = {}
        for socket in node_sockets(self._data, ERRANDS):
            try:
                said = await ask_line(socket, {"action": "run", "errand": errand.model_dump()})
            except (ConnectionRefusedError, FileNotFoundError):
                continue
            if said.get("outcome") not in _NOT_HERE:
                break
        if not said:
            raise TelephonyAway("nobody listens")
        return ErrandEnd.model_validate(said)

    async def asked(self, message: str) -> ErrandEnd:
        """See `Errands`."""
        found: list[ErrandEnd] = []
        for socket in node_sockets(self._data, ERRANDS):
            try:
                said = await asyncio.wait_for(ask_line(socket, {"action": "asked", "message": message}), LONGEST_S)
                found.append(ErrandEnd.model_validate(said))
            except (OSError, ValueError, TimeoutError):
                continue
        if not found:
            raise TelephonyAway("nobody listens")
        return next((end for end in found if end.outcome is not Outcome.UNKNOWN), found[0])


def manners_of(ours: Outgoing) -> Manners:
    """How people are called, as the settings have it."""
    pauses = tuple(60 * minutes for minutes in ours.pause_minutes)
    return Manners(pauses=pauses, at_once=ours.at_once, tells=ours.tells, reads_codes=ours.reads_codes)
