"""What the centre tells everybody, in tests that only read it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core.service.notice_bell import NoticeBell
from core.service.public_notices import NoticeDraft, PublicNotices
from tests.support.deployments import World

EDITOR = "e" * 32
TITLE, TEXT = "Mưa rất to", "Từ chiều nay có mưa rất to.\nĐề nghị không đi qua ngầm tràn."


async def write_notice(world: World, kind: str = "warning", **changes: Any) -> str:
    """Write a notice for a day, from now on, unless told otherwise; returns the id of the draft."""
    now = world.clock()
    usual = {"kind": kind, "title": TITLE, "text": TEXT, "valid_from": now, "valid_until": now + timedelta(days=1)}
    return await _board(world).write(NoticeDraft.model_validate(usual | changes), by=EDITOR)


async def tell_everybody(world: World, kind: str = "warning", **changes: Any) -> str:
    """The same, published."""
    notice_id = await write_notice(world, kind, **changes)
    await _board(world).publish(notice_id, 1, by=EDITOR)
    world.clock.advance(seconds=1)
    return notice_id


async def withdraw(world: World, notice_id: str) -> None:
    """Nobody is told of it any more."""
    await _board(world).withdraw(notice_id, 2, by=EDITOR)
    world.clock.advance(seconds=1)


async def ring(world: World) -> int:
    """Devices are rung as the worker does it; returns how many bells were written."""
    bell = NoticeBell(world.deployment.database, safe=world.deployment.safe, now=world.clock)
    written = await bell.run_once()
    await world.settle()
    return written


def _board(world: World) -> PublicNotices:
    return PublicNotices(world.deployment.database, now=world.clock)
