"""Calls that agents make: told, recorded, kept; and every way in which nobody is reached."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from channels.call_center.acd import happenings as h
from channels.call_center.acd.model import Acd, Queue
from channels.call_center.agents.desk import Desk
from channels.call_center.agents.dialling import RINGING
from channels.call_center.agents.news import Refused
from channels.call_center.agents.seat import Seat
from channels.call_center.agents.tests.doubles import NotedSound
from channels.call_center.calling import NOTICE, OutgoingSession
from channels.call_center.facts import CallRecord
from channels.call_center.mapping import address, outcome_of, to_facts
from channels.call_center.ports import Call, CallFailed, Way
from channels.call_center.spool import Spool
from channels.call_center.tests.played import NOON, PlayedCall, PlayedMedia, tools
from core.contract.schema import CallOutcome
from tests.support.waiting import PATIENCE, until

NUMBER, RECORD, CASE = "+84900000001", "0" * 31 + "7", "case:" + "a" * 32


class Ear(Seat):
    """A seat whose browser notes what it hears."""

    def __init__(self) -> None:
        super().__init__("lan", connected=lambda _agent: None, lost=lambda _agent: None)
        self.sound = NotedSound()

    @property
    def media(self) -> Any:
        return self.sound

    @property
    def heard(self) -> bool:
        return True


class Called(PlayedMedia):
    """The leg of somebody whom we call. `told`: who hears them."""

    def __init__(self, *, leaves_at: str = "", listens: bool = False) -> None:
        super().__init__(leaves_at=leaves_at)
        self.hears: list[Any] = []
        self.playing: str | None = None
        self.listens = listens

    async def play(self, slots: Any, *, barge_in: bool = False) -> Any:
        self.heard += slots if self.listens else []
        return await (asyncio.Event().wait() if self.listens else super().play(slots))

    def hear(self, others: Any) -> None:
        self.hears = list(others)

    def music(self, slot: str | None) -> None:
        self.playing = slot


@dataclass
class Line:
    """Somebody answers, is busy (a code), or lets it ring for ever."""

    answer: PlayedCall | int | None
    name: str = "all"
    dialled: list[tuple[str, str]] = field(default_factory=list)

    async def dial(self, to: str, *, caller: str, ring_s: float = 45, headers: Any = None) -> Call:
        self.dialled.append((to, caller))
        if isinstance(self.answer, int):
            raise CallFailed(self.answer)
        return self.answer or await asyncio.Event().wait()  # type: ignore[return-value]


def reached(**how: Any) -> PlayedCall:
    return PlayedCall(Called(**how), NUMBER, way=Way.OUT, called="")


class Try:
    """An agent who dials, over a line."""

    def __init__(self, folder: Path, line: Line) -> None:
        self.news: list[Any] = []
        self.line, self.spool = line, Spool(folder)
        self.desk = Desk(Acd({"reports": Queue("reports")}), tell=self.news.append, now=lambda: NOON)
        self.ear = self.desk.seats["lan"] = Ear()
        self.desk.happen(h.SignedIn("lan", frozenset({"reports"})))
        dialled = self.desk.dialling.begin("lan", RECORD, number=NUMBER, about=CASE)
        assert dialled is not None
        session = OutgoingSession(dialled, self.desk, line, tools(folder))  # type: ignore[arg-type]
        self.leading = asyncio.create_task(session.lead())

    async def over(self) -> CallRecord:
        record = await asyncio.wait_for(self.leading, PATIENCE)
        (place,) = self.spool.waiting()
        assert record == CallRecord.model_validate_json(self.spool.body(place))
        return record

    async def talking(self) -> None:
        await until(lambda: RECORD in self.desk.callers, "both hear each other")

    @property
    def state(self) -> str:
        return self.desk.acd.agents["lan"].state.value

    def refused(self) -> list[str]:
        return [news.why for news in self.news if isinstance(news, Refused)]


Begin = Callable[[PlayedCall | int | None], Try]


@pytest.fixture
async def dial(tmp_path: Path) -> AsyncIterator[Begin]:
    begun: list[Try] = []

    def begin(answer: PlayedCall | int | None) -> Try:
        begun.append(Try(tmp_path, Line(answer)))
        return begun[-1]

    yield begin
    for one in begun:
        one.leading.cancel()
        await asyncio.gather(one.leading, return_exceptions=True)


@pytest.mark.rule("QB-QD.III.1.1b", "VN-5")
async def test_the_reporter_hears_of_the_recording_and_then_the_agent(dial: Begin) -> None:
    call = reached()
    trial = dial(call)
    assert trial.ear.sound.playing == RINGING
    await trial.talking()
    media = call.media
    assert isinstance(media, Called)
    assert (media.hears, trial.ear.sound.hears) == ([trial.ear.sound], [media])
    assert (trial.ear.sound.playing, media.playing, trial.state) == (None, None, "talking")
    assert (media.heard, media.recorded_from) == ([NOTICE], NOTICE)

    await until(lambda: '"talked":true' in (trial.spool.folder / RECORD / "open.json").read_text(), "it is noted")
    trial.desk.finish("lan")
    record = await trial.over()

    assert trial.line.dialled == [(NUMBER, "")]
    assert (record.way, record.agent, record.about, record.called) == ("out", "lan", CASE, NUMBER)
    assert (record.notice, record.talked, record.ended_by, record.trunk) == (True, True, "us", "main")
    assert [one.part for one in record.recordings] == ["whole"]
    assert (trial.state, trial.refused(), media.hears) == ("wrap_up", [], [])
    assert (address(record), outcome_of(record)) == (NUMBER, CallOutcome.SERVED)
    facts = to_facts(record)
    assert (facts.way, facts.agent, facts.about, facts.call_back_to, facts.told) == ("out", "lan", CASE, NUMBER, True)


async def test_the_reporter_hangs_up(dial: Begin) -> None:
    call = reached()
    trial = dial(call)
    await trial.talking()
    call.media.hang_up()

    assert (await trial.over()).ended_by == "them"
    assert trial.state == "wrap_up"


@pytest.mark.rule("VN-5")
async def test_who_does_not_agree_hangs_up_unrecorded(dial: Begin) -> None:
    trial = dial(reached(leaves_at=NOTICE))

    record = await trial.over()

    assert (record.notice, record.talked, record.recordings, record.ended_by) == (False, False, (), "them")
    assert (trial.state, trial.refused()) == ("away", ["rang_off"])
    assert outcome_of(record) is CallOutcome.NOT_REACHED


@pytest.mark.parametrize(
    ("code", "why", "outcome"),
    [
        (486, "busy", CallOutcome.NOT_REACHED),
        (408, "no_answer", CallOutcome.NOT_REACHED),
        (404, "no_such_number", CallOutcome.NOT_REACHED),
        (603, "rejected", CallOutcome.NOT_REACHED),
        (503, "no_line", CallOutcome.NOT_TRIED),
        (0, "no_line", CallOutcome.NOT_TRIED),
    ],
)
async def test_the_page_is_told_why_nobody_was_reached(dial: Begin, code: int, why: str, outcome: CallOutcome) -> None:
    """Where our own line failed, nobody was tried."""
    trial = dial(code)

    record = await trial.over()

    assert (trial.refused(), trial.state, trial.ear.sound.playing) == ([why], "away", None)
    assert (record.talked, record.ended_code, record.answered_at) == (False, code, None)
    assert (to_facts(record).outcome, to_facts(record).told) == (outcome, True)


@pytest.mark.parametrize("answer", [None, reached(listens=True)], ids=["rings", "hears the notice"])
async def test_the_agent_gives_it_up(dial: Begin, answer: PlayedCall | None) -> None:
    trial = dial(answer)
    await until(lambda: bool(trial.line.dialled and (answer is None or answer.media.heard)), "it is under way")
    trial.desk.finish("lan")

    record = await trial.over()

    assert (record.talked, record.ended_by, trial.refused(), trial.state) == (False, "us", [], "away")
    assert outcome_of(record) is CallOutcome.NOT_TRIED


async def test_an_agent_who_vanishes_rings_nobody(dial: Begin) -> None:
    trial = dial(None)
    await until(lambda: bool(trial.line.dialled), "it rings")
    trial.desk.happen(h.Vanished("lan"))

    assert not (await trial.over()).talked
    assert not trial.desk.acd.talks
    assert not trial.desk.acd.waiting


async def test_what_cannot_be_kept_is_not_begun(tmp_path: Path, dial: Begin) -> None:
    trial = dial(None)
    trial.leading.cancel()
    (tmp_path / "file").write_text("")
    full = Try(tmp_path / "file", Line(486))

    with pytest.raises(NotADirectoryError):
        await full.leading

    assert (full.line.dialled, full.refused(), full.state) == ([], ["no_room"], "away")
