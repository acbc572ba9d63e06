"""
One call that the machine makes, from the command to its end: dial, follow a flow, hang up, write down.

A result leaves a record in the spool, and is recorded from the notice on (VN-5). A one-time password leaves neither:
what is read out there is in no file and no log.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

import structlog

from channels.call_center.ending import close, note, until_over
from channels.call_center.errands import Errand, ErrandEnd, Outcome, end_of, speakable
from channels.call_center.facts import CallRecord
from channels.call_center.flow.happenings import Begun
from channels.call_center.flow.model import Flow
from channels.call_center.following import Following
from channels.call_center.ports import Call, CallFailed, Ended, Trunk
from channels.call_center.prompts.voice import Voice
from channels.call_center.tools import Tools

log = structlog.get_logger()

RING_S = 40
TOLD = "told_now"
"""The words of this call, as its leg knows them."""


@dataclass(frozen=True)
class Telling:
    """What such calls are made with; `line` shows its own number."""

    line: Trunk
    tools: Tools
    flow: Flow
    voice: Voice


@dataclass
class ToldCall:
    """
    One of them.

    `decided` is set as soon as it is clear what it came to: nobody waits for a talk with a person. `record` is what was
    known when it was answered.
    """

    errand: Errand
    telling: Telling
    record: CallRecord = field(init=False)
    decided: asyncio.Future[ErrandEnd] = field(init=False)
    _call: Call | None = field(init=False, default=None)
    _following: Following | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        telling, now = self.telling, self.telling.tools.now()
        self.decided = asyncio.get_running_loop().create_future()
        self.record = CallRecord(
            id=telling.tools.new_id(),
            way="out",
            trunk=telling.line.name,
            called=self.errand.number,
            flow=telling.flow.name,
            message=self.errand.message,
            began_at=now,
            ended_at=now,
            step="dialling",
        )

    @property
    def is_kept(self) -> bool:
        """Whether it leaves a record."""
        return self.errand.kind == "result"

    @property
    def _known(self) -> CallRecord:
        return self._following.record if self._following else self.record

    async def lead(self) -> None:
        """Returns when it is over. Raises: OSError: the spool takes no record, and nobody is called."""
        if self.is_kept:
            await asyncio.to_thread(self.telling.tools.spool.begin, self.record)
        ended = Ended("trunk")
        try:
            ended = await self._until_over()
        except CallFailed as error:
            ended = Ended("them", error.code)
        except Exception:  # whatever broke: the call is ended and written down all the same
            log.exception("call_broke", call=self.record.id, step=self._known.step)
        finally:
            self._decide(await asyncio.shield(asyncio.create_task(self._close(ended))))

    async def _until_over(self) -> Ended:
        begun, sound = await self._prepared()
        telling = self.telling
        self._call = call = await telling.line.dial(self.errand.number, caller="", ring_s=RING_S)
        if sound is not None:
            call.media.learn(TOLD, sound)
        self.record = self.record.model_copy(update={"answered_at": telling.tools.now(), "trunk": call.trunk})
        place = telling.tools.spool.folder / self.record.id
        self._following = Following(call, telling.flow, telling.tools, self.record, place, self._keep)
        return await until_over(call, self._following.follow(begun))

    async def _prepared(self) -> tuple[Begun, bytes | None]:
        """Everything that takes time, before it rings; and the words as sound, where there is a voice."""
        errand, telling = self.errand, self.telling
        if not self.is_kept:
            return Begun("", "", otp=errand.otp), None
        begun = Begun(errand.code, "", ours=True)
        if not errand.proved:
            return begun, None
        looking, saying = telling.tools.desk.stage_of(errand.code), telling.voice.say(speakable(errand.text))
        looked, sound = await asyncio.gather(looking, saying)
        return replace(begun, looked=looked, told=(TOLD,) if sound is not None else ()), sound

    def _decide(self, record: CallRecord) -> None:
        if not self.decided.done():
            self.decided.set_result(ErrandEnd(outcome=end_of(record), call=record.id if self.is_kept else ""))

    async def _keep(self, record: CallRecord) -> None:
        if end_of(record) in (Outcome.REACHED, Outcome.OPTED_OUT):
            self._decide(record)
        if self.is_kept:
            await note(self.telling.tools, record)

    async def _close(self, ended: Ended) -> CallRecord:
        record, tools = self._known, self.telling.tools
        media = self._call.media if self._call is not None else None
        if self._call is not None:
            await self._call.hangup()
        if self.is_kept:
            return await close(tools, record, media, ended)
        if media is not None:
            await media.close()
        log.info("code_call_ended", step=record.step, by=ended.by, code=ended.code)
        return record.model_copy(update={"ended_by": ended.by, "ended_code": ended.code})
