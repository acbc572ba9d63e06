"""Processes of ours of which there may be several, each with a socket in the data folder; some may be gone."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from gateway.lines import ask_line

OLD_S = 60.0
"""A socket that nobody listens to is left alone so long: its process may just be about to listen."""


class Away(Exception):
    """None of them answers; the message is why the last one did not."""


class Peers:
    """
    Whoever listens at `sockets` at this moment.

    What has to be done once is asked of one after the other until one answers; what all should know is told to all.
    """

    def __init__(self, sockets: Callable[[], Iterable[Path]]) -> None:
        self._sockets = sockets

    async def ask(self, request: Mapping[str, Any], *, within_s: float, unless: Collection[str] = ()) -> dict[str, Any]:
        """
        The answer of one of them; an `error` of `unless` is said only where nobody says anything else. Raises: Away.
        """
        why, said = "nobody listens", None
        for socket in self._newest():
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
        asking = [_asked(socket, request, within_s) for socket in self._newest()]
        answers = await asyncio.gather(*asking, return_exceptions=True)
        given = [answer for answer in answers if isinstance(answer, dict)]
        if not given:
            raise Away(type(answers[0]).__name__ if answers else "nobody listens")
        return next((answer for answer in given if "error" not in answer), given[0])

    def _newest(self) -> list[Path]:
        """The newest first: it is the likeliest to be there."""
        return sorted(self._sockets(), key=_bound_at, reverse=True)


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
