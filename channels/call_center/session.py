"""
One call from its ring to its record: the flow says what is next, the leg plays, listens and records.

Whatever happens (hang-up, a full disk, an error of ours) the call ends with a record in the spool.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from channels.call_center.ending import close, described, note, until_over
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
from channels.call_center.ports import Call, CallFailed, CallGone, Ended, Way
from channels.call_center.tools import Tools

log = structlog.get_logger()

_SPOKEN_S = 0.3


@dataclass
class Session:
    """Leads one call. `record` is what is known of it so far."""

    call: Call
    tools: Tools
    record: CallRecord = field(init=False)
    _place: Path = field(init=False)
    _state: State | None = field(init=False, default=None)
    _limit: asyncio.Timeout = field(init=False, default_factory=lambda: asyncio.timeout(None))

    def __post_init__(self) -> None:
        now, call, standing = self.tools.now(), self.call, self.tools.desk.standing()
        self.record = CallRecord(
            id=self.tools.new_id(),
            way="in" if call.way is Way.IN else "out",
            trunk=call.trunk,
            caller=self.tools.number(call.remote) or "",
            called=call.called,
            flow=self.tools.flow.name,
            storm=standing.storm,
            began_at=now,
            ended_at=now,
        )
        self._place = self.tools.spool.folder / self.record.id
        self._standing = standing

    async def lead(self) -> CallRecord:
        """Answer, follow the flow, hang up, write down. Raises: OSError: the spool takes no record."""
        await asyncio.to_thread(self.tools.spool.begin, self.record)
        ended = Ended("trunk")
        try:
            ended = await until_over(self.call, self._lead())
        except Exception:
            log.exception("call_broke", call=self.record.id, step=self.record.step)
            await self.call.hangup()
        finally:
            closed = await asyncio.shield(asyncio.create_task(self._close(ended)))
        return closed

    async def _lead(self) -> None:
        with suppress(CallGone, TimeoutError):
            await self.call.answer()
            self._know(answered_at=self.tools.now())
            async with asyncio.timeout(self.tools.flow.longest_s) as self._limit:
                await self._follow()

    async def _follow(self) -> None:
        code, pin = self.tools.draw()
        standing, known = self._standing, bool(self.record.caller)
        begun = Begun(code, pin, open=standing.open, storm=standing.storm, caller_known=known)
        state, action = begin(self.tools.flow, begun)
        while True:
            await self._note(state)
            happening = await self._do(action)
            if happening is None:
                return
            state, action = go_on(self.tools.flow, state, happening)

    async def _note(self, state: State) -> None:
        """Keep how far it is, and begin to record once that was announced (VN-5)."""
        if state.notice and not self.record.notice:
            self.call.media.record(self._place / f"{WHOLE}.wav")
        before, self._state = self.record, state
        self.record = _told(self.record, state, number=self.tools.number)
        if self.record != before:
            await note(self.tools, self.record)

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
            case WaitForAgent(slots, queue):
                await media.play(slots)
                return await self._queue(queue)
            case HangUp(slots):
                await media.play(slots)
                if self._state is not None:
                    self._know(finished=self._state.done)
        return None

    async def _take(self, wanted: TakeMessage) -> Heard:
        media = self.call.media
        await media.play(wanted.slots)
        path = self._place / f"{wanted.part}.wav"
        taken = await media.take_message(path, longest_s=wanted.longest_s, silence_s=wanted.silence_s)
        others = tuple(one for one in self.record.recordings if one.part != wanted.part)
        self._know(recordings=(*others, described(wanted.part, taken)))
        return Heard(spoken=taken.spoken_seconds >= _SPOKEN_S)

    async def _queue(self, queue: str) -> Waited:
        """With the people who answer; that somebody did is known at once, since callers hang up when all is said."""
        people, record = self.tools.people, self.record
        with self._without_limit():
            served = await people.serve(self.call, queue=queue, about=record.id, answered=self._answered)
        return Waited(served.outcome)

    def _answered(self, agent: str) -> None:
        self._know(talked=True, agent=agent)

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

    def _know(self, **facts: object) -> None:
        self.record = self.record.model_copy(update=facts)

    async def _close(self, ended: Ended) -> CallRecord:
        self.record = await close(self.tools, self.record, self.call.media, ended)
        return self.record


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
        }
    )
