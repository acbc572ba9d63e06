"""Calls without a network: sound that notes what is done to it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from channels.call_center.ports import Played, RtpPlan, Way


class NotedSound:
    """A leg that notes what is done to it; keys are pressed by the test."""

    def __init__(self) -> None:
        self.hears: list[Any] = []
        self.wire: Any = None
        self.playing: str | None = None
        self.said: list[str] = []
        self.sent_keys = ""
        self.keys: asyncio.Queue[str] = asyncio.Queue()

    def hear(self, others: Sequence[Any]) -> None:
        self.hears = list(others)

    def talk(self, plan: RtpPlan) -> None:
        self.plan = plan

    async def close(self) -> None:
        self.wire.close()

    def music(self, slot: str | None) -> None:
        self.playing = slot

    async def play(self, slots: Sequence[str], *, barge_in: bool = False) -> Played:
        self.said.append(" ".join(slots))
        return Played()

    async def collect(self, most: int, *, first_s: float, next_s: float, end: str = "#") -> str:
        return await self.keys.get()

    async def send_keys(self, keys: str) -> None:
        self.sent_keys += keys


class NotedLegs:
    """Opens legs that note."""

    def open(self, wire: Any = None, *, ours: bool = False) -> NotedSound:
        sound = NotedSound()
        sound.wire = wire
        return sound


class NotedCall:
    """A call that was answered."""

    way, trunk, called = Way.IN, "carrier", "1022"

    def __init__(self, number: int) -> None:
        self.id = f"{number:032x}"
        self.remote = f"09000000{number:02d}"
        self.media = NotedSound()
