"""Khiếu nại, tố cáo, tham nhũng by mail: told where to go, and nothing of it kept (VN-1, VN-2)."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from core.storage.tables import case, contact, conversation, diversion, identity, inbox_raw, message, report
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import write_mail

DENUNCIATION = (
    "Tôi tố cáo ông Trần Văn Canary, cán bộ địa chính phường, nhận hối lộ 50 triệu đồng khi làm sổ đỏ. "
    "Đề nghị xử lý nghiêm ông Trần Văn Canary."
)


def counts(connection: Connection) -> dict[str, int]:
    """Rows per table that must be empty."""
    tables = (case, report, contact, conversation, message, identity)
    return {table.name: int(connection.scalar(select(func.count()).select_from(table)) or 0) for table in tables}


@pytest.mark.rule("VN-1", "VN-2")
@on_both_engines
async def test_nothing_stays_but_a_counter(world: World, tmp_path: Path) -> None:
    """No person, no words, no raw body; the answer still goes out, and its own key is destroyed after it."""
    await write_mail(world, DENUNCIATION, subject="Đơn tố cáo Canary")

    database = world.deployment.database
    assert set((await database.read(counts)).values()) == {0}
    bodies = select(inbox_raw.c.body_sealed, inbox_raw.c.wrapped_key)
    assert await database.read(lambda connection: connection.execute(bodies).all()) == [(None, None)]
    kept = select(diversion.c.kind, diversion.c.channel)
    assert len(await database.read(lambda connection: connection.execute(kept).all())) == 1
    (answer,) = world.mail.mails
    assert "tố cáo" in answer.shown()["text"] or "tham nhũng" in answer.shown()["text"]
    assert not [path for path in (tmp_path / "var").rglob("*") if path.is_file() and b"Canary" in path.read_bytes()]


@pytest.mark.rule("VN-1")
async def test_a_repeat_is_recognised_and_stays_unread(world: World) -> None:
    """The keyed hash of the message is all that is needed to answer a second delivery."""
    await write_mail(world, DENUNCIATION, message_id="<same@hopthu.example.vn>")
    await write_mail(world, DENUNCIATION, message_id="<same@hopthu.example.vn>")

    assert len(world.mail.mails) == 1


@pytest.mark.rule("VN-1")
async def test_an_earlier_report_of_the_same_person_stays(world: World) -> None:
    """Only the diverted words go."""
    await write_mail(world, "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng ba hôm nay.")
    await write_mail(world, DENUNCIATION)

    found = await world.deployment.database.read(counts)

    assert (found["case"], found["report"]) == (1, 1)
