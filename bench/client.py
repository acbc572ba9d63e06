"""The hand that steers the load client."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.launch import Child, Target


class SliceFailed(RuntimeError):
    """What was measured did not behave, so that there is nothing to say about its speed."""


@dataclass(frozen=True)
class Slice:
    """
    What came of one slice.

    `rate` counts the answers within its time, a second; `requests` all of them; `client_us` is what one request cost
    the client itself.
    """

    requests: int
    rate: float
    p50_ms: float
    p99_ms: float
    statuses: dict[str, int]
    accepted: int
    client_us: float


class Client:
    """One load client; everything it sends has a message id of its own."""

    def __init__(self, folder: Path) -> None:
        self.prefix = f"b{secrets.token_hex(4)}"
        self._child = Child("bench.load", self.prefix, log=folder / f"client-{self.prefix}.log")

    def closed(
        self, target: Target, *, connections: int, seconds: float, repeats: float = 0.0, recycled: bool = False
    ) -> Slice:
        """Every connection always busy. Raises: SliceFailed unless every answer was 200."""
        return self._slice("closed", target, connections, seconds=seconds, repeats=repeats, recycled=recycled)

    def open(
        self, target: Target, *, rate: float, seconds: float, repeats: float = 0.0, connections: int = 128
    ) -> Slice:
        """A fixed rate, latency from the instant a request was due. Raises: SliceFailed unless all were 200."""
        return self._slice("open", target, connections, seconds=seconds, repeats=repeats, rate=rate)

    def acknowledged(self) -> set[int]:
        """Numbers of the messages that were answered 200."""
        answer = self._child.ask({"do": "acknowledged"})
        return {number for first, last in answer["ranges"] for number in range(first, last + 1)}

    def stop(self) -> None:
        """End it."""
        self._child.stop()

    def _slice(self, kind: str, target: Target, connections: int, **terms: Any) -> Slice:
        told = self._child.ask({"do": kind, "ports": target.ports, "connections": connections, **terms})
        exhausted, broken = told.pop("exhausted"), told.pop("broken")
        if broken or exhausted or set(told["statuses"]) - {"200"}:
            raise SliceFailed(f"{broken} connections broke, statuses {told['statuses']}, exhausted: {exhausted}")
        return Slice(**told)


@contextmanager
def load_client(folder: Path) -> Iterator[Client]:
    """A client that ends with the block."""
    client = Client(folder)
    try:
        yield client
    finally:
        client.stop()
