"""Messages that stopped, from the command line: listed, shown without words, tried again, dropped."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from core.storage.database import Connection
from core.storage.tables import outbox as outbox_table
from gateway.deployment import open_deployment
from gateway.settings import load_settings
from tests.gateway.cli.conftest import CommandLine
from tests.support.deployments import open_world
from tests.support.letters import write_mail

LAMP = "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng từ hôm qua."


def stop(connection: Connection, *, entry: str, state: str) -> None:
    """As a sender would have left it."""
    mine = outbox_table.update().where(outbox_table.c.id == entry)
    connection.execute(mine.values(state=state, reason="given up"))


async def stop_all(data: Path) -> list[str]:
    """Two answers to a citizen: one failed, one whose end nobody knows; their ids."""
    async with open_world(data) as world:
        await write_mail(world, LAMP)
        await write_mail(world, LAMP, sender="binh@hopthu.example.vn")
        database = world.deployment.database
        written = select(outbox_table.c.id).order_by(outbox_table.c.seq).limit(2)
        first, second = await database.read(lambda one: list(one.scalars(written)))
        for entry, state in ((first, "failed"), (second, "unknown")):
            await database.write(partial(stop, entry=entry, state=state))
    return [first, second]


async def states(ids: list[str]) -> list[str]:
    async with open_deployment(load_settings()) as deployment:
        query = select(outbox_table.c.state).where(outbox_table.c.id.in_(ids)).order_by(outbox_table.c.seq)
        return await deployment.database.read(lambda one: list(one.scalars(query)))


async def test_what_stopped_is_listed_and_shown_without_words(
    data: Path, capsys: pytest.CaptureFixture[str], alone: CommandLine
) -> None:
    first, second = await stop_all(data)

    lines = [line.split("\t") for line in (await alone.must("outbox", "list")).out.splitlines()]
    elsewhere = (await alone.must("outbox", "list", "--channel", "sms")).out
    shown = await alone.must("outbox", "show", first)
    missing = await alone("outbox", "show", "0" * 32)

    assert [(line[0], line[1], line[2], line[3]) for line in lines] == [
        (first, "email", "failed", "given up"),
        (second, "email", "unknown", "given up"),
    ]
    assert elsewhere == ""
    (step,) = shown.json
    assert (step["entry"], step["state"]) == (first, "failed")
    assert step["to"] == "a***@h***.vn"
    assert "Lê Lợi" not in shown.out
    assert missing.code == 1


async def test_a_channel_is_tried_again_but_never_what_may_have_arrived(data: Path, alone: CommandLine) -> None:
    """That one only by its own id, at a person's word."""
    ids = await stop_all(data)

    await alone.must("outbox", "replay", "--channel", "email")
    after_all = await states(ids)
    await alone.must("outbox", "replay", ids[1])
    again = await alone("outbox", "replay", ids[1])

    assert after_all == ["pending", "unknown"]
    assert await states(ids) == ["pending", "pending"]
    assert again.code == 1


async def test_what_nobody_needs_is_dropped(data: Path, alone: CommandLine) -> None:
    ids = await stop_all(data)

    await alone.must("outbox", "drop", ids[0])
    again = await alone("outbox", "drop", ids[0])

    assert (await states(ids))[0] == "dropped"
    assert again.code == 1
