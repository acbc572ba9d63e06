"""What everybody is told: drafts, publishing, withdrawing; what a reader learns since they last asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from core.contract.errors import NotFound, VersionConflict
from core.regulations.loader import load_pack, pack_names
from core.service.notice_way import publishers
from core.service.public_notices import AlreadyOver, NoticeDraft, NoticeKind, PublicNotices
from core.storage import public_notices as stored
from core.storage.database import Database
from tests.support.databases import on_both_engines
from tests.support.deployments import MovingClock

BEGIN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
EDITOR = "e" * 32


def draft(kind: NoticeKind = NoticeKind.WARNING, **changes: Any) -> NoticeDraft:
    """A warning for a day, from now on."""
    usual = {
        "kind": kind,
        "title": "Mưa lớn",
        "text": "Từ chiều nay có mưa rất to. Đề nghị không đi qua ngầm tràn.",
        "valid_from": BEGIN,
        "valid_until": BEGIN + timedelta(days=1),
    }
    return NoticeDraft.model_validate(usual | changes)


class Board:
    """Notices over a database, and time under the test's control."""

    def __init__(self, database: Database) -> None:
        self.clock = MovingClock(BEGIN)
        self.notices = PublicNotices(database, now=self.clock)

    async def published(self, *args: Any, **changes: Any) -> str:
        notice_id = await self.notices.write(draft(*args, **changes), by=EDITOR)
        await self.notices.publish(notice_id, 1, by=EDITOR)
        self.clock.advance(seconds=1)
        return notice_id

    async def told(self) -> list[str]:
        return [row.id for row in await self.notices.in_force()]


@pytest.fixture
def board(database: Database) -> Board:
    return Board(database)


@on_both_engines
@pytest.mark.rule("TG-4.1a")
async def test_a_draft_is_told_once_it_is_published_until_its_end(board: Board) -> None:
    notice_id = await board.notices.write(draft(areas=("Phường Vĩnh Ninh",)), by=EDITOR)
    assert await board.told() == []
    await board.notices.publish(notice_id, 1, by=EDITOR)

    (row,) = await board.notices.in_force()
    assert (row.id, row.areas, row.published_by, row.published_at) == (notice_id, ["Phường Vĩnh Ninh"], EDITOR, BEGIN)
    board.clock.advance(hours=23, minutes=59)
    assert await board.told() == [notice_id]
    board.clock.advance(minutes=1)
    assert await board.told() == []


@pytest.mark.rule("TG-4.1a")
async def test_disasters_stand_before_warnings_and_newer_before_older(board: Board) -> None:
    notice, older = await board.published(NoticeKind.NOTICE), await board.published()
    newer, flood = await board.published(), await board.published(NoticeKind.DISASTER)

    assert await board.told() == [flood, newer, older, notice]


async def test_what_was_previewed_is_what_is_published(board: Board) -> None:
    """A colleague changed the draft meanwhile; and what is published changes no more."""
    notice_id = await board.notices.write(draft(), by=EDITOR)
    await board.notices.rewrite(notice_id, 1, draft(title="Mưa rất lớn"), by="c" * 32)
    with pytest.raises(VersionConflict):
        await board.notices.publish(notice_id, 1, by=EDITOR)
    with pytest.raises(VersionConflict):
        await board.notices.rewrite(notice_id, 1, draft(), by=EDITOR)
    await board.notices.publish(notice_id, 2, by=EDITOR)
    for act in (
        board.notices.rewrite(notice_id, 3, draft(), by=EDITOR),
        board.notices.publish(notice_id, 3, by=EDITOR),
    ):
        with pytest.raises(VersionConflict):
            await act
    assert [row.title for row in await board.notices.in_force()] == ["Mưa rất lớn"]


async def test_a_notice_for_later_waits_for_its_time(board: Board) -> None:
    notice_id = await board.published(valid_from=BEGIN + timedelta(hours=2))
    assert await board.told() == []
    board.clock.advance(hours=2)
    assert await board.told() == [notice_id]


async def test_what_is_over_or_unknown_or_no_period_is_refused(board: Board) -> None:
    notice_id = await board.notices.write(draft(), by=EDITOR)
    board.clock.advance(days=2)
    with pytest.raises(AlreadyOver):
        await board.notices.publish(notice_id, 1, by=EDITOR)
    with pytest.raises(NotFound):
        await board.notices.publish("0" * 32, 1, by=EDITOR)
    with pytest.raises(VersionConflict):
        await board.notices.withdraw(notice_id, 1, by=EDITOR)
    for wrong in ({"valid_until": BEGIN}, {"title": ""}, {"kind": "advertisement"}, {"areas": ("x",) * 21}):
        with pytest.raises(ValidationError):
            draft(**wrong)


@on_both_engines
@pytest.mark.rule("TG-4.1a")
async def test_a_reader_learns_what_came_and_what_was_withdrawn_since(board: Board) -> None:
    """Each once, in order, page by page."""
    first, second = await board.published(), await board.published(NoticeKind.NOTICE)
    seen = await board.notices.since(None, most=10)
    assert [row.id for row in seen] == [first, second]
    place = stored.place_of(seen[-1])
    assert await board.notices.since(place, most=10) == []

    await board.notices.withdraw(first, 2, by=EDITOR)
    third = await board.published()
    (gone,) = await board.notices.since(place, most=1)
    (come,) = await board.notices.since(stored.place_of(gone), most=1)
    assert (gone.id, gone.state, gone.withdrawn_by) == (first, "withdrawn", EDITOR)
    assert (come.id, come.state) == (third, "published")
    assert await board.told() == [third, second]
    assert [row.id for row in await board.notices.all()] == [third, second, first]


@pytest.mark.parametrize("name", pack_names())
def test_only_the_centre_publishes_and_somebody_does(name: str) -> None:
    """Whom the regulation lets publish results; no agency."""
    pack = load_pack(name)
    roles = publishers(pack)

    assert roles
    assert {pack.roles[role].level for role in roles} == {"centre"}


@pytest.mark.rule("TG-4.1a")
def test_in_tien_giang_it_is_the_editor() -> None:
    assert publishers(load_pack("tien_giang")) == {"editor"}
