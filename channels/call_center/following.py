"""A call led through its flow, step by step: the leg plays, listens and records; what the flow learns is noted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from channels.call_center.agents.caller import Told, Wanted
from channels.call_center.ending import described
from channels.call_center.facts import WHOLE, Answer, CallRecord
from channels.call_center.flow.happenings import (
    Action,
    Ask,
    AskKeys,
    Begun,
    Connect,
    HangUp,
    Happening,
    Heard,
    Play,
    Pressed,
    Said,
    TakeMessage,
    Transferred,
    Waited,
    WaitForAgent,
)
from channels.call_center.flow.machine import State, begin, go_on
from channels.call_center.flow.model import Flow
from channels.call_center.ports import Call, CallFailed, CallGone
from channels.call_center.tools import Tools

log = structlog.get_logger()

_SPOKEN_S = 0.3
Keep = Callable[[CallRecord], Awaitable[None]]


@dataclass
class Following:
    """
    Follows `flow` in a call that is answered.

    Args:
        record: what is known of the call so far. `place`: folder of its recordings.
        keep: is given the record whenever the flow has learned something.
    """

    call: Call
    flow: Flow
    tools: Tools
    record: CallRecord
    place: Path
    keep: Keep
    _state: State | None = field(init=False, default=None)
    _limit: asyncio.Timeout = field(init=False, default_factory=lambda: asyncio.timeout(None))

    async def follow(self, begun: Begun) -> None:
        """To its end, that of the call, or of the time that a machine may take."""
        with suppress(CallGone, TimeoutError):
            async with asyncio.timeout(self.flow.longest_s) as self._limit:
                await self._follow(begun)

    def know(self, **facts: object) -> None:
        """Something else became known of the call."""
        self.record = self.record.model_copy(update=facts)

    async def _follow(self, begun: Begun) -> None:
        state, action = begin(self.flow, begun)
        while True:
            await self._note(state)
            happening = await self._do(action)
            if happening is None:
                return
            state, action = go_on(self.flow, state, happening)

    async def _note(self, state: State) -> None:
        """Keep how far it is, and begin to record once that was announced (VN-5)."""
        if state.notice and not self.record.notice:
            self.call.media.record(self.place / f"{WHOLE}.wav")
        before, self._state = self.record, state
        self.record = _told(self.record, state, number=self.tools.number)
        if self.record != before:
            await self.keep(self.record)

    async def _do(self, action: Action) -> Happening | None:
        """Carry it out; None: that was the last."""
        media = self.call.media
        match action:
            case Play(slots, barge_in):
                await media.play(slots, barge_in=barge_in)
                return Said()
            case AskKeys(slots, most, first_s, next_s):
                await media.play(slots, barge_in=True)
                return Pressed(await media.collect(most, first_s=first_s, next_s=next_s))
            case TakeMessage():
                return await self._take(action)
            case Ask(slots, code, pin):
                looking = self.tools.desk.look_up(code, pin, caller=self.record.caller)
                return (await asyncio.gather(looking, media.play(slots)))[0]
            case Connect(slots, to):
                await media.play(slots)
                with self._without_limit():
                    return Transferred(taken=await self._connect(to))
            case WaitForAgent():
                await media.play(action.slots)
                return await self._queue(Wanted(action.queue, action.priority, action.skills, action.language))
            case HangUp(slots):
                await media.play(slots)
                if self._state is not None:
                    self.know(finished=self._state.done)
        return None

    async def _take(self, wanted: TakeMessage) -> Heard:
        media = self.call.media
        await media.play(wanted.slots)
        path = self.place / f"{wanted.part}.wav"
        taken = await media.take_message(path, longest_s=wanted.longest_s, silence_s=wanted.silence_s)
        others = tuple(one for one in self.record.recordings if one.part != wanted.part)
        self.know(recordings=(*others, described(wanted.part, taken)))
        return Heard(spoken=taken.spoken_seconds >= _SPOKEN_S)

    async def _queue(self, wanted: Wanted) -> Waited:
        """
        With the people who answer; that somebody did is known at once, since callers hang up when all is said.

        Since when they wait is known too: whoever is called back instead keeps the place.
        """
        people, record = self.tools.people, self.record
        self.know(
            queue=wanted.queue, skills=tuple(sorted(wanted.skills)), queued_at=record.queued_at or self.tools.now()
        )
        with self._without_limit():
            served = await people.serve(self.call, wanted, about=record.id, told=Told(self._answered, self._given))
        return Waited(served.outcome)

    def _answered(self, agent: str) -> None:
        self.know(talked=True, agent=agent)

    def _given(self, place: str) -> None:
        self.know(given_to=place)

    @contextmanager
    def _without_limit(self) -> Iterator[None]:
        """People talk for as long as they need; only the machine's time is counted."""
        now, due = asyncio.get_running_loop().time, self._limit.when()
        left = None if due is None else due - now()
        self._limit.reschedule(None)
        try:
            yield
        finally:
            if left is not None:
                self._limit.reschedule(now() + left)

    async def _connect(self, to: str) -> bool:
        if self.tools.connect is None:
            return False
        try:
            await self.tools.connect(self.call, to)
        except CallFailed as error:
            log.warning("call_not_connected", call=self.record.id, to=to, code=error.code)
            return False
        return True


def _told(record: CallRecord, state: State, *, number: Callable[[str], str | None]) -> CallRecord:
    """The record with what the flow knows now."""
    return record.model_copy(
        update={
            "step": state.step,
            "purpose": state.purpose,
            "language": state.language,
            "emergency": state.emergency,
            "notice": state.notice,
            "answers": tuple(Answer(step=step, keys=keys) for step, keys in state.pressed),
            "code": state.begun.code if state.promised else "",
            "pin": state.begun.pin if state.pin_told else "",
            "code_told": state.code_told,
            "followed": state.followed,
            "talked": record.talked or state.talked,
            "call_back_to": number(state.call_back_to) or "",
            "rated": (state.code, state.rated) if state.rated else None,
            "proved": state.proved and record.way == "out",
            "opted_out": state.opted_out,
        }
    )
