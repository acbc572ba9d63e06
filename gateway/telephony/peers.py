"""Processes of ours of which there may be several, each with a socket in the data folder; some may be gone."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from gateway.lines import ask_line

MOST = 16
OLD_S = 60.0
"""A socket that nobody listens to is left alone so long: its process may just be about to listen."""


class Away(Exception):
    """None of them answers; the message is why the last one did not."""


class Peers:
    """
    Whoever listens at `sockets` at this moment.

    What has to be done once is asked of one after the other until one answers; what all should know is told to all.
    With `spread` another one is asked first each time, so that calls are spread over them; else the newest, which is
    the likeliest to be there.
    """

    def __init__(self, sockets: Callable[[], Iterable[Path]], *, spread: bool = False) -> None:
        self._sockets = sockets
        self._turn = secrets.randbelow(MOST) if spread else None

    async def ask(self, request: Mapping[str, Any], *, within_s: float, unless: Collection[str] = ()) -> dict[str, Any]:
        """
        The answer of one of them; an `error` of `unless` is said only where nobody says anything else. Raises: Away.
        """
        why, said = "nobody listens", None
        for socket in self._in_order():
            try:
                said = await _asked(socket, request, within_s)
            except (OSError, ValueError, TimeoutError) as error:
                why = type(error).__name__
                continue
            if said.get("error", "") not in unless:
                return said
        if said is None:
            raise Away(why)
        return said

    async def tell(self, request: Mapping[str, Any], *, within_s: float) -> dict[str, Any]:
        """Tell all at once; the answer of one of them. Raises: Away."""
        asking = [_asked(socket, request, within_s) for socket in self._sockets()]
        answers = await asyncio.gather(*asking, return_exceptions=True)
        given = [answer for answer in answers if isinstance(answer, dict)]
        if not given:
            raise Away(type(answers[0]).__name__ if answers else "nobody listens")
        return next((answer for answer in given if "error" not in answer), given[0])

    def _in_order(self) -> list[Path]:
        """Whom to ask first, and then."""
        if self._turn is None:
            return sorted(self._sockets(), key=_bound_at, reverse=True)
        every = sorted(self._sockets())
        self._turn += 1
        first = self._turn % len(every) if every else 0
        return [*every[first:], *every[:first]]


async def _asked(socket: Path, request: Mapping[str, Any], within_s: float) -> dict[str, Any]:
    try:
        async with asyncio.timeout(within_s):
            return await ask_line(socket, dict(request))
    except ConnectionRefusedError:
        _forget(socket)
        raise


def _forget(socket: Path) -> None:
    """Of a process that was killed."""
    if time.time() - _bound_at(socket) > OLD_S:
        with contextlib.suppress(OSError):
            socket.unlink()


def _bound_at(socket: Path) -> float:
    try:
        return socket.stat().st_mtime
    except FileNotFoundError:
        return 0.0
