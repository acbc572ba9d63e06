"""What callers said, drafted by a program beside us: off by default, shown as a machine's, gone with its caller."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from channels.call_center.tests.played import wav
from core.service.calls import REACHED
from core.service.retaining import RecordingRetention
from core.service.transcripts import LONGEST, NotHeard, Transcripts
from gateway.settings import Settings
from gateway.settings.calls import calls_mistakes
from gateway.transcribing import CommandTranscriber
from gateway.workers.crew import Crew
from tests.gateway.api.staffing import centre
from tests.gateway.console.office import open_office
from tests.support.calls import book_of, fetch_recordings, hand_over, leave_call, only_call
from tests.support.deployments import World

HEARS = """
import os, sys, wave
path = sys.argv[1]
assert os.stat(os.path.dirname(path)).st_mode & 0o077 == 0
assert "LANGNGHE_MODE" not in os.environ
with wave.open(path) as file:
    seconds = file.getnframes() / file.getframerate()
print(f"đường ngập,  {seconds:.0f} giây, gọi 0900 000 001")
"""


def program(folder: Path, text: str, *, seconds: float = 20) -> CommandTranscriber:
    """A real program, in a file of its own."""
    path = folder / "hears.py"
    path.write_text(text, encoding="utf-8")
    return CommandTranscriber([sys.executable, str(path)], seconds=seconds)


def transcripts(world: World, transcriber: CommandTranscriber) -> Transcripts:
    given = world.deployment
    return Transcripts(given.database, book=book_of(world), media=given.media, transcriber=transcriber, now=world.clock)


async def taken(world: World, *parts: str) -> None:
    """A call that left these recordings, stored."""
    leave_call(world, *parts, purpose="callback")
    await hand_over(world)
    while await fetch_recordings(world):
        pass


async def test_each_recording_is_drafted_once_and_shown_as_a_machines(world: World, tmp_path: Path) -> None:
    """But for that of the whole call. Numbers that are told are masked, as everywhere in lists."""
    await taken(world, "message", "what", "whole")
    drafts = transcripts(world, program(tmp_path, HEARS))

    assert [await drafts.run_once() for _ in range(3)] == [1, 1, 0]
    held = await only_call(world)
    assert set(held.drafts) == {"Lời nhắn", "Nội dung phản ánh"}
    assert held.drafts["Lời nhắn"].startswith("đường ngập, 2 giây")
    assert "0900 000 001" not in str(held.drafts)
    async with open_office(world) as office, office.desk(await centre(world)) as desk:
        page = await desk.get("/console/cuoc-goi")
    assert "Lời nhắn: bản nháp do máy ghi, chưa ai kiểm tra" in page.text
    assert "đường ngập, 2 giây" in page.text


async def test_a_recording_that_is_not_there_yet_is_waited_for(world: World, tmp_path: Path) -> None:
    leave_call(world, "message", purpose="callback")
    await hand_over(world)
    drafts = transcripts(world, program(tmp_path, HEARS))
    assert await drafts.run_once() == 0
    while await fetch_recordings(world):
        pass
    assert await drafts.run_once() == 1


async def test_what_the_program_cannot_hear_is_not_tried_for_ever(world: World, tmp_path: Path) -> None:
    await taken(world, "message")
    drafts = transcripts(world, program(tmp_path, "raise SystemExit(3)"))
    assert [await drafts.run_once() for _ in range(2)] == [1, 0]
    assert (await only_call(world)).drafts == {}


async def test_a_call_that_changed_meanwhile_keeps_what_it_has_and_is_drafted_again(
    world: World, tmp_path: Path
) -> None:
    await taken(world, "message")
    book, before = book_of(world), await only_call(world)
    assert before.kept is not None
    assert await book.amend(before, before.kept.model_copy(update={"drafts": (("k", "mới"),)}))
    assert not await book.amend(before, before.kept)
    assert (await only_call(world)).kept.drafts == (("k", "mới"),)  # type: ignore[union-attr]
    assert await transcripts(world, program(tmp_path, HEARS)).run_once() == 1


async def test_a_draft_goes_with_its_recording(world: World, tmp_path: Path) -> None:
    await taken(world, "message")
    assert await transcripts(world, program(tmp_path, HEARS)).run_once() == 1
    held = await only_call(world)
    await book_of(world).called(held.row.id, REACHED, by="u1", attempts=0)
    world.clock.advance(days=31)
    given = world.deployment
    retention = RecordingRetention(
        given.database, book=book_of(world), media=given.media, now=world.clock, days=30, most=10
    )
    assert (held.drafts != {}, await retention.run_once()) == (True, 1)
    after = await only_call(world)
    assert (after.drafts, after.kept.drafts if after.kept else None) == ({}, ())


async def test_older_calls_and_long_drafts(world: World, tmp_path: Path) -> None:
    await taken(world, "message")
    drafts = transcripts(world, program(tmp_path, "print('a' * 9000)"))
    assert await drafts.run_once() == 1
    assert len((await only_call(world)).drafts["Lời nhắn"]) == LONGEST
    world.clock.advance(days=3)
    assert await drafts.run_once() == 0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("raise SystemExit(1)", "exit 1"),
        ("import time; time.sleep(600)", "took too long"),
        ("while True: print('a' * 1000)", "printed too much"),
        ("import sys; sys.stdout.buffer.write(b'\\xff')", "UnicodeDecodeError"),
    ],
)
async def test_a_program_that_fails_leaves_nothing_behind(tmp_path: Path, text: str, why: str) -> None:
    """Neither a recording in a temporary folder nor a process."""
    told = tmp_path / "pid"
    begins = f"import os; open({str(told)!r}, 'w').write(str(os.getpid()))\n"
    transcriber = program(tmp_path, begins + text, seconds=5)
    with pytest.raises(NotHeard, match=why):
        await transcriber.transcribe(wav(tmp_path / "a.wav", 1))
    assert not Path("/proc", told.read_text()).exists()


async def test_a_program_that_is_not_there_is_told_by_config_check(tmp_path: Path) -> None:
    with pytest.raises(NotHeard, match="FileNotFoundError"):
        await CommandTranscriber(["/no/such/program"], seconds=1).transcribe(b"")
    wrong = Settings.model_validate({"mode": "demo", "call_center": {"transcripts": {"command": ["/no/such"]}}})
    assert "there is no program /no/such" in str(calls_mistakes(wrong)[0])


async def test_nothing_is_drafted_unless_a_program_is_named(world: World) -> None:
    crew = Crew(world.deployment, owner="w")
    assert "drafts" not in {loop.name for loop in crew._loops}
