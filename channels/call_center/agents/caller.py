"""One caller with the people who answer: music and places, until somebody talked to them or nobody will."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from channels.call_center.acd.effects import Say
from channels.call_center.flow.happenings import VIETNAMESE
from channels.call_center.ports import Call, CallGone
from channels.call_center.prompts.spoken import number

MUSIC = "music"
CALLBACK_KEY = "9"
LONGEST_WAIT_S = 7200
LONGEST_TOLD_MIN = 30
"""Of a longer wait nobody is told a number: it frightens, and is seldom right."""
FOREIGN = ("english_queue",)
Outcome = Literal["talked", "callback", "machine"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """For whom a caller waits: a queue, the skills asked for, and the language that they hear meanwhile."""

    queue: str
    priority: int = 0
    skills: frozenset[str] = frozenset()
    language: str = VIETNAMESE


@dataclass(frozen=True, slots=True)
class Told:
    """
    What is told at once, since a caller may hang up at any moment: who talks to them (`answered`, an agent's id), and
    to which place outside they were given (`given`, its name).
    """

    answered: Callable[[str], None] = lambda _agent: None
    given: Callable[[str], None] = lambda _place: None


NOBODY = Told()


@dataclass(frozen=True, slots=True)
class Served:
    """How it went: an agent talked to them; they will be called back; or the machine has to take what they say."""

    outcome: Outcome
    agent: str = ""
    began: datetime | None = None


class Caller:
    """
    The sound of one waiting caller. `served` is done when the call may go on in its flow.

    Every announcement of their place offers a key for a callback; pressing it serves them so.

    Args:
        about: the record that the call will leave.
        told: who talks to them.
    """

    def __init__(
        self,
        call: Call,
        queue: str,
        since: datetime,
        *,
        about: str,
        told: Told,
        language: str = VIETNAMESE,
    ) -> None:
        self.call, self.queue, self.since = call, queue, since
        self.about, self._language = about, language
        self.served: asyncio.Future[Served] = asyncio.get_running_loop().create_future()
        self.told = told
        self._speech: asyncio.Queue[tuple[str, ...]] = asyncio.Queue()
        self._waiting: tuple[asyncio.Task[None], ...] = ()

    def wait(self) -> None:
        """Music from now on, and an ear for keys; nothing if that is so already."""
        if not self._waiting:
            self.call.media.hear([])
            self.call.media.music(MUSIC)
            self._waiting = (asyncio.ensure_future(self._speak()), asyncio.ensure_future(self._keys()))

    def tell(self, place: Say) -> None:
        """Say the place in the queue, and the wait to expect, when the sentence before is over."""
        self.wait()
        place_slots = ("queue_place", *number(place.place), *_wait_slots(place.expected_s), "queue_callback")
        self._speech.put_nowait(place_slots if self._language == VIETNAMESE else FOREIGN)

    def offer_callback(self) -> None:
        """Ask whether they would rather be called back."""
        self.wait()
        self._speech.put_nowait(("offer_call_back",) if self._language == VIETNAMESE else FOREIGN)

    def stop_waiting(self) -> None:
        """Silence: somebody is there, or the flow goes on."""
        for task in self._waiting:
            task.cancel()
        self._waiting = ()
        self.call.media.music(None)

    def end(self, served: Served) -> None:
        """The caller is served; a second time changes nothing."""
        if not self.served.done():
            self.served.set_result(served)

    async def _speak(self) -> None:
        while True:
            slots = await self._speech.get()
            try:
                await self.call.media.play(slots)
            except CallGone:
                return
            self.call.media.music(MUSIC)

    async def _keys(self) -> None:
        while True:
            try:
                key = await self.call.media.collect(1, first_s=LONGEST_WAIT_S, next_s=1, end="")
            except CallGone:
                return
            if key == CALLBACK_KEY:
                self.end(Served("callback"))


def _wait_slots(seconds: float) -> tuple[str, ...]:
    """The wait in whole minutes, never promised shorter than it looks; nothing where it is long or unknown."""
    if seconds > 60 * LONGEST_TOLD_MIN:
        return ()
    return ("wait_about", *number(max(1, math.ceil(seconds / 60))), "minute")
