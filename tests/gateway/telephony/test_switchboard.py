"""Calls of several trunks: led, refused, put through; and what is left when we stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from channels.call_center.ports import Call, CallFailed, Ended, TrunkState, TrunkStatus
from channels.call_center.spool import Spool
from channels.call_center.tests.played import PlayedCall, PlayedMedia, tools
from gateway.telephony.switchboard import Switchboard, Transfers
from tests.support.waiting import until


@dataclass
class PlayedTrunk:
    """A line on which calls arrive when a test says so. `taken`: how often its address cannot be had; `own_only`: shows
    no number but its own."""

    name: str = "main"
    taken: int = 0
    calls: asyncio.Queue[PlayedCall | None] = field(default_factory=asyncio.Queue)
    answers: PlayedCall | None = None
    own_only: bool = False
    dialled: list[tuple[str, str]] = field(default_factory=list)

    async def start(self) -> None:
        if self.taken:
            self.taken -= 1
            raise OSError(98, "Address already in use")

    async def stop(self, *, drain_s: float = 0) -> None:
        self.calls.put_nowait(None)

    async def incoming(self) -> AsyncIterator[Call]:
        while call := await self.calls.get():
            yield call

    async def dial(self, to: str, *, caller: str, ring_s: float = 45, headers: Mapping[str, str] | None = None) -> Call:
        self.dialled.append((to, caller))
        if self.answers is None:
            raise CallFailed(503)
        if caller and self.own_only:
            raise CallFailed(403)
        return self.answers

    def status(self) -> TrunkStatus:
        return TrunkStatus(self.name, TrunkState.UP)


@dataclass
class RefusedCall(PlayedCall):
    """A call that remembers how it was refused."""

    refused: list[tuple[int, int | None]] = field(default_factory=list)

    async def reject(self, code: int, *, retry_after_s: int | None = None) -> None:
        self.refused.append((code, retry_after_s))


def board_of(folder: Path, trunk: PlayedTrunk, *, numbers: tuple[str, ...] = ("1022",)) -> Switchboard:
    ids = iter(range(1, 100))
    led_by = replace(tools(folder), new_id=lambda: f"{next(ids):032x}")
    return Switchboard([trunk], led_by, numbers=numbers, ended=asyncio.Event(), flow_for=lambda _: led_by.flow)


async def test_every_call_leaves_its_record(tmp_path: Path) -> None:
    trunk = PlayedTrunk()
    board = board_of(tmp_path, trunk)
    await board.open()
    for _ in range(3):
        trunk.calls.put_nowait(PlayedCall(PlayedMedia(leaves_at="welcome")))

    await until(lambda: len(Spool(tmp_path).waiting()) == 3, "three records")
    await board.close(drain_s=0)

    assert board.calls == 0
    assert board.started == {"main"}


async def test_a_number_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    trunk, call = PlayedTrunk(), RefusedCall(PlayedMedia(), called="1900")
    board = board_of(tmp_path, trunk)
    await board.open()
    trunk.calls.put_nowait(call)

    await until(lambda: bool(call.refused), "it is refused")
    await board.close(drain_s=0)

    assert call.refused == [(404, None)]
    assert Spool(tmp_path).waiting() == []


async def test_without_a_list_every_number_is_answered(tmp_path: Path) -> None:
    trunk = PlayedTrunk()
    board = board_of(tmp_path, trunk, numbers=())
    await board.open()
    trunk.calls.put_nowait(PlayedCall(PlayedMedia(leaves_at="welcome"), called="1900"))

    await until(lambda: bool(Spool(tmp_path).waiting()), "its record")
    await board.close(drain_s=0)


async def test_what_cannot_be_kept_is_not_begun(tmp_path: Path) -> None:
    """The caller is told to come again, and nobody hears a promise."""
    (tmp_path / "file").write_text("")
    trunk, call = PlayedTrunk(), RefusedCall(PlayedMedia())
    board = board_of(tmp_path / "file", trunk)
    await board.open()
    trunk.calls.put_nowait(call)

    await until(lambda: bool(call.refused), "it is refused")
    await board.close(drain_s=0)

    assert (call.refused, board.unkept, call.media.heard) == ([(503, 5)], 1, [])


async def test_an_address_that_is_taken_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.telephony.switchboard._AGAIN_S", 0.0)
    trunk = PlayedTrunk(taken=3)
    board = board_of(tmp_path, trunk)
    await board.open()

    await until(lambda: board.started == {"main"}, "it is started")
    await board.close(drain_s=0)

    assert trunk.taken == 0


async def test_a_caller_is_put_through_by_the_first_trunk_that_can(tmp_path: Path) -> None:
    other = PlayedCall(PlayedMedia())
    other.ended.put_nowait(Ended("them"))
    busy, free = PlayedTrunk("busy"), PlayedTrunk("free", answers=other)
    transfers, caller = Transfers([busy, free], allowed=["114"]), PlayedCall(PlayedMedia())

    await transfers.connect(caller, "114")

    assert (busy.dialled, free.dialled) == ([("114", "0900000001")], [("114", "0900000001")])
    assert other.media.closed == 1


async def test_a_line_that_shows_only_its_own_number_puts_callers_through_too(tmp_path: Path) -> None:
    other = PlayedCall(PlayedMedia())
    other.ended.put_nowait(Ended("them"))
    carrier = PlayedTrunk("carrier", answers=other, own_only=True)

    await Transfers([carrier, PlayedTrunk("peers")], allowed=["114"]).connect(PlayedCall(PlayedMedia()), "114")

    assert carrier.dialled == [("114", "0900000001"), ("114", "")]


async def test_who_may_not_be_called_is_not(tmp_path: Path) -> None:
    free = PlayedTrunk("free", answers=PlayedCall(PlayedMedia()))

    with pytest.raises(CallFailed) as caught:
        await Transfers([free], allowed=["113"]).connect(PlayedCall(PlayedMedia()), "114")
    assert (caught.value.code, free.dialled) == (403, [])
    with pytest.raises(CallFailed):
        await Transfers([], allowed=["114"]).connect(PlayedCall(PlayedMedia()), "114")


@dataclass
class NetworkCall(PlayedCall):
    """A call whose network puts callers through by itself, or says why it did not."""

    code: int = 0
    asked: list[str] = field(default_factory=list)

    async def put_through(self, to: str, *, ring_s: int = 30) -> None:
        self.asked.append(to)
        if self.code:
            raise CallFailed(self.code)


async def test_a_network_that_puts_callers_through_is_asked_first() -> None:
    """It shows their own number; where it fails our lines are tried; whoever may not be called is asked of nobody."""
    other = PlayedCall(PlayedMedia())
    other.ended.put_nowait(Ended("them"))
    ours = PlayedTrunk("ours", answers=other)
    transfers, able, unable = Transfers([ours], allowed=["114"]), NetworkCall(PlayedMedia()), NetworkCall(PlayedMedia())
    unable.code = 404

    await transfers.connect(able, "114")
    assert (able.asked, ours.dialled) == (["114"], [])
    await transfers.connect(unable, "114")
    assert (unable.asked, ours.dialled) == (["114"], [("114", "0900000001")])
    with pytest.raises(CallFailed):
        await transfers.connect(able, "115")
    assert able.asked == ["114"]


async def test_a_number_of_ours_is_answered_in_any_spelling(tmp_path: Path) -> None:
    trunk = PlayedTrunk()
    board = board_of(tmp_path, trunk, numbers=("02343000000",))
    await board.open()
    call = RefusedCall(PlayedMedia(leaves_at="welcome"))
    call.called = "+842343000000"
    trunk.calls.put_nowait(call)

    await until(lambda: Spool(tmp_path).waiting(), "its record")
    await board.close(drain_s=0)

    assert call.refused == []
