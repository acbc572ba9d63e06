"""The telephony side of errands: the web side has people called over a socket, one line of JSON each way."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import structlog
from pydantic import ValidationError

from channels.call_center.errands import Errand, ErrandEnd, Outcome, end_of
from channels.call_center.flow.model import Flow
from channels.call_center.ports import Trunk
from channels.call_center.prompts.voice import NoVoice, Speaker, Voice
from channels.call_center.sip.group import TrunkGroup
from channels.call_center.telling import Telling, ToldCall
from channels.call_center.tools import Tools
from gateway.lines import LineServer
from gateway.settings import Settings
from gateway.telephony.building import errand_flows
from gateway.telephony.node import node_of
from gateway.telephony.paths import ERRANDS, node_socket
from gateway.telephony.sentences import catalogue_of

log = structlog.get_logger()

_REMEMBERED = 1000


class ErrandCalls:
    """
    Calls people for the web side until `close`.

    Args:
        flows: by kind of errand. `most`: calls at once; more are refused for now.
        ended: set whenever a call has left its record. `unkept` counts those that the disk refused to take.
    """

    def __init__(
        self, line: Trunk, tools: Tools, *, flows: Mapping[str, Flow], voice: Voice, most: int, ended: asyncio.Event
    ) -> None:
        self._line, self._tools, self._flows, self._voice = line, tools, flows, voice
        self._most = most
        self._ended = ended
        self._calls: dict[str, tuple[ToldCall, asyncio.Task[None]]] = {}
        self._over: OrderedDict[str, ErrandEnd] = OrderedDict()
        self.unkept = 0

    @property
    def calls(self) -> int:
        """How many are up, ringing ones too."""
        return len(self._calls)

    async def answer(self, line: bytes) -> dict[str, Any]:
        """One request: `run` an errand, or what came of the one `asked` about."""
        try:
            request = json.loads(line)
            if request["action"] == "run":
                end = await self._run(Errand.model_validate(request["errand"]))
            else:
                end = await self._asked(str(request["message"]))
        except (ValueError, KeyError, TypeError, ValidationError):
            return {"error": "bad_request"}
        return end.model_dump(mode="json")

    async def close(self) -> None:
        """End those that are still up; each leaves its record."""
        tasks = [task for _, task in self._calls.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, errand: Errand) -> ErrandEnd:
        """The same message twice is one call."""
        if errand.message not in self._calls:
            if len(self._calls) >= self._most:
                return ErrandEnd(outcome=Outcome.FULL)
            self._begin(errand)
        else:
            log.info("call_asked_again", message=errand.message)
        call, task = self._calls[errand.message]
        either: set[asyncio.Future[Any]] = {call.decided, task}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        return call.decided.result() if call.decided.done() else ErrandEnd(outcome=Outcome.NO_LINE)

    def _begin(self, errand: Errand) -> None:
        telling = Telling(self._line, self._tools, self._flows[errand.kind], self._voice)
        call = ToldCall(errand, telling)
        task = asyncio.create_task(self._lead(call))
        self._calls[errand.message] = call, task
        task.add_done_callback(lambda _: self._forget(call))

    async def _lead(self, call: ToldCall) -> None:
        try:
            await call.lead()
        except OSError as error:
            self.unkept += 1
            log.error("call_not_kept", trunk=self._line.name, error=error.strerror)

    def _forget(self, call: ToldCall) -> None:
        """All but what it came to."""
        del self._calls[call.errand.message]
        if call.decided.done():
            self._over[call.errand.message] = call.decided.result()
        if len(self._over) > _REMEMBERED:
            self._over.popitem(last=False)
        self._ended.set()

    async def _asked(self, message: str) -> ErrandEnd:
        """Out of memory, or of the record that a process before us left."""
        if message in self._calls:
            call, _ = self._calls[message]
            return call.decided.result() if call.decided.done() else ErrandEnd(outcome=Outcome.UNDER_WAY)
        if message in self._over:
            return self._over[message]
        record = await asyncio.to_thread(self._tools.spool.of_message, message)
        return ErrandEnd(outcome=end_of(record), call=record.id) if record else ErrandEnd(outcome=Outcome.UNKNOWN)


def errand_calls(settings: Settings, lines: Sequence[Trunk], tools: Tools, *, ended: asyncio.Event) -> ErrandCalls:
    """As the settings have it. ConfigError: a flow that cannot be followed."""
    ours = settings.call_center.outgoing
    return ErrandCalls(
        TrunkGroup(lines),
        tools,
        flows=errand_flows(settings, catalogue_of(settings)),
        voice=Speaker(ours.voice) if ours.voice else NoVoice(),
        most=ours.at_once,
        ended=ended,
    )


@asynccontextmanager
async def heeding(settings: Settings, errands: ErrandCalls) -> AsyncIterator[None]:
    """Take errands from the web side, for the length of a block."""
    server = LineServer(node_socket(settings.data, ERRANDS, node_of(settings)), errands.answer)
    await server.start()
    try:
        yield
    finally:
        await errands.close()
        await server.stop()
