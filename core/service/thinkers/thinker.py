"""One process that thinks, as the process that asks it sees it."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque

from core.contract.errors import ThinkingFailed
from core.intake.dialogue import Step
from core.service.thinkers.wire import Premises, Question, Ready, packed, received

_PATIENCE = 20.0
"""Seconds for one answer, which takes a few thousandths of one."""
_STARTING = 60.0
_HANDED_ON = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "TZ")


class Thinker:
    """
    Answers questions in the order in which they were asked.

    `ended` is set once it is gone, whatever made it go. Then the question it was at is refused, since it may be what
    killed it; all others get None, for their askers to think themselves.
    """

    def __init__(self, process: Process, premises: Premises) -> None:
        self._process = process
        self._premises = premises
        self._asked: deque[asyncio.Future[Step | None]] = deque()
        self._impatient: asyncio.TimerHandle | None = None
        self.ended = asyncio.Event()
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls, premises: Premises) -> Thinker:
        """A new process that knows all it needs. ConnectionError, TimeoutError: it could not be had."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "core.service.thinkers"), stdin=PIPE, stdout=PIPE, env=_environment()
        )
        try:
            async with asyncio.timeout(_STARTING):
                _writer(process).write(packed(premises))
                if not isinstance(await received(_reader(process)), Ready):
                    raise ConnectionError("a process that thinks says something else")
        except asyncio.IncompleteReadError:
            await process.wait()
            raise ConnectionError("a process that thinks did not start") from None
        except BaseException:
            await _kill(process)
            raise
        return cls(process, premises)

    @property
    def pid(self) -> int:
        """Of its process."""
        return self._process.pid

    async def answer(self, question: Question, premises: Premises) -> Step | None:
        """Its answer; None: think yourself. ThinkingFailed."""
        if self.ended.is_set():
            return None
        if not premises.are(self._premises):
            self._premises = premises
            _writer(self._process).write(packed(premises))
        future: asyncio.Future[Step | None] = asyncio.get_running_loop().create_future()
        _writer(self._process).write(packed(question))
        self._asked.append(future)
        if self._impatient is None:
            self._wait_for_the_next()
        return await future

    def close(self) -> None:
        """Ask it no more; it goes by itself when it has answered."""
        _writer(self._process).close()

    async def stop(self) -> None:
        """Have it gone."""
        self.close()
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        await _kill(self._process)

    async def _listen(self) -> None:
        try:
            while True:
                answer = await received(_reader(self._process))
                future = self._asked.popleft()
                self._wait_for_the_next()
                if not future.done():
                    future.set_result(answer if isinstance(answer, Step) else None)
        except (asyncio.IncompleteReadError, ConnectionError):
            await _kill(self._process)
        finally:
            self._leave()

    def _wait_for_the_next(self) -> None:
        """Whoever is asked and does not answer in time is killed, which `_listen` hears of."""
        if self._impatient is not None:
            self._impatient.cancel()
        loop = asyncio.get_running_loop()
        self._impatient = loop.call_later(_PATIENCE, self._process.kill) if self._asked else None

    def _leave(self) -> None:
        self.ended.set()
        if self._impatient is not None:
            self._impatient.cancel()
        for number, future in enumerate(self._asked):
            if future.done():
                continue
            if number == 0:
                future.set_exception(ThinkingFailed("a process that thinks ended at this question"))
            else:
                future.set_result(None)


def _environment() -> dict[str, str]:
    """Enough to find the program: it needs no secret, so it is given none."""
    return {name: os.environ[name] for name in _HANDED_ON if name in os.environ}


async def _kill(process: Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


def _writer(process: Process) -> asyncio.StreamWriter:
    assert process.stdin is not None
    return process.stdin


def _reader(process: Process) -> asyncio.StreamReader:
    assert process.stdout is not None
    return process.stdout
