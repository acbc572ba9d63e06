"""The telephony side of errands: one call a message, as many as there are places for, and what is still known later."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from channels.call_center.errands import Errand, Outcome
from channels.call_center.flow.load import CODE_FLOW, RESULT_FLOW, read_named
from channels.call_center.prompts.voice import NoVoice
from channels.call_center.tests.played import CODE, tools
from channels.call_center.tests.test_telling import NUMBER, Line, reached
from core.contract.schema import new_id
from gateway.telephony.errands import ErrandCalls

FLOWS = {"result": read_named(RESULT_FLOW).flow, "code": read_named(CODE_FLOW).flow}


class Silent(Line):
    """It rings for ever."""

    async def dial(self, *_: Any, **__: Any) -> Any:
        await asyncio.Event().wait()


Begin = Callable[[Line], ErrandCalls]


@pytest.fixture
async def calls(tmp_path: Path) -> AsyncIterator[Begin]:
    made: list[ErrandCalls] = []

    def begin(line: Line) -> ErrandCalls:
        made.append(
            ErrandCalls(line, tools(tmp_path), flows=FLOWS, voice=NoVoice(), most=1, ended=asyncio.Event())  # type: ignore[arg-type]
        )
        return made[-1]

    yield begin
    for one in made:
        await one.close()


def errand(kind: str = "result") -> Errand:
    return Errand.model_validate({"message": new_id(), "kind": kind, "number": NUMBER, "code": CODE, "otp": "918273"})


async def ask(calls: ErrandCalls, **request: Any) -> Any:
    return await calls.answer(json.dumps(request).encode())


async def run(calls: ErrandCalls, wanted: Errand) -> str:
    return str((await ask(calls, action="run", errand=wanted.model_dump()))["outcome"])


async def asked(calls: ErrandCalls, wanted: Errand) -> str:
    return str((await ask(calls, action="asked", message=wanted.message))["outcome"])


async def test_what_came_of_it_is_known_after_a_restart(calls: Begin) -> None:
    """Out of the record, as long as it lies in the spool; of a password nothing lies there."""
    told, spoken = errand(), errand("code")
    first = calls(Line(reached("1")))
    assert await run(first, told) == Outcome.REACHED
    first = calls(Line(reached("1")))
    assert await run(first, spoken) == Outcome.REACHED
    assert await asked(first, spoken) == Outcome.REACHED

    second = calls(Line(486))

    assert [await asked(second, one) for one in (told, spoken)] == [Outcome.REACHED, Outcome.UNKNOWN]


async def test_there_are_as_many_calls_as_places(calls: Begin) -> None:
    ours, first, second = calls(Silent(0)), errand(), errand()
    running = asyncio.create_task(run(ours, first))
    await asyncio.sleep(0)

    assert await run(ours, second) == Outcome.FULL
    assert (ours.calls, await asked(ours, first)) == (1, Outcome.UNDER_WAY)
    await ours.close()
    assert (await running, ours.calls) == (Outcome.NO_LINE, 0)


async def test_what_cannot_be_kept_is_not_begun_and_counted(calls: Begin, tmp_path: Path) -> None:
    line = Line(reached("1"))
    ours = calls(line)
    blocked = tmp_path / tools(tmp_path).new_id()
    blocked.write_text("")

    assert await run(ours, errand()) == Outcome.NO_LINE
    assert (ours.unkept, line.dialled) == (1, [])


@pytest.mark.parametrize(
    "line", [b"", b"[]", b"{}", b'{"action": "run"}', b'{"action": "run", "errand": {"kind": "x"}}']
)
async def test_nonsense_is_refused(calls: Begin, line: bytes) -> None:
    assert await calls(Line(486)).answer(line) == {"error": "bad_request"}
