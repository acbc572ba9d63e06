"""rtpengine's control protocol ("ng"): one bencoded dictionary a datagram, asked again until it is answered."""

from __future__ import annotations

import asyncio
import secrets
from types import TracebackType
from typing import Any, Self, cast

from channels.call_center.rtpengine import bencode

AGAIN_S = (0.2, 0.4, 0.8, 1.6)
"""Pauses before each question is sent again; rtpengine answers a repeated cookie as it did the first time."""


class Refused(Exception):
    """rtpengine did not do it, or does not answer; the message says why."""


class Ng(asyncio.DatagramProtocol):
    """One control connection, open for the length of a block."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._answers: dict[bytes, asyncio.Future[bytes]] = {}
        self._wire: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        try:
            made, _ = await loop.create_datagram_endpoint(lambda: self, remote_addr=self._address)
        except OSError as error:
            raise Refused(f"no way to rtpengine: {error.strerror}") from error
        self._wire = made
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._wire is not None:
            self._wire.close()

    async def ask(self, command: str, **told: bencode.Value | str) -> dict[str, Any]:
        """
        Have it done; keys are written with "-" for "_". Raises: Refused.
        """
        assert self._wire is not None
        asked = {"command": command, **{name.replace("_", "-"): value for name, value in told.items()}}
        cookie = secrets.token_hex(8).encode()
        answer = self._answers[cookie] = asyncio.get_running_loop().create_future()
        try:
            for pause in AGAIN_S:
                self._wire.sendto(cookie + b" " + bencode.write(cast(bencode.Value, asked)))
                done, _ = await asyncio.wait({answer}, timeout=pause)
                if done:
                    return _result(answer.result())
        finally:
            del self._answers[cookie]
        raise Refused("rtpengine does not answer")

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """An answer, found by its cookie; anything else is dropped."""
        cookie, _, said = data.partition(b" ")
        waiting = self._answers.get(cookie)
        if waiting is not None and not waiting.done():
            waiting.set_result(said)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there (ICMP): asked again, and given up in time."""


def _result(said: bytes) -> dict[str, Any]:
    try:
        found = bencode.read(said)
    except bencode.NotBencoded as error:
        raise Refused(f"not understood: {error}") from None
    if not isinstance(found, dict):
        raise Refused("not understood")
    if found.get("result") in (b"ok", b"pong"):
        return found
    reason = found.get("error-reason")
    raise Refused(reason.decode(errors="replace") if isinstance(reason, bytes) else "refused")
