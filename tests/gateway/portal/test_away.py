"""While what a page needs is away: a sentence that says so, nothing typed lost, and the report when it is back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from core.contract.schema import Report
from core.identity.codes import format_code, new_code
from core.storage import tables
from core.storage.keys import SqlKeyStore
from core.storage.sqlite import SqliteDatabase
from gateway.portal.uploads import AWAY
from tests.gateway.flows.office import stored_reports, wanted
from tests.gateway.portal.citizen import CONTENT, PLACE, Citizen, File, photo, ticket
from tests.support.databases import on_both_engines
from tests.support.letters import received, write_mail

LAMP = "Đèn đường trước số 12 Lê Lợi hỏng từ hôm qua."
PICTURE = File("anh.jpg", photo())


@asynccontextmanager
async def keys_away(citizen: Citizen, folder: Path) -> AsyncIterator[None]:
    """The database of keys takes and gives nothing."""
    gone, keys = SqliteDatabase(folder / "gone.sqlite3"), citizen.deployment.safe.keys
    await gone.close()
    store, keys._store = keys._store, SqlKeyStore(gone, now=citizen.world.clock)
    try:
        yield
    finally:
        keys._store = store


async def only_report(citizen: Citizen) -> Report:
    """The one that came of it."""
    (found,) = await stored_reports(citizen.world)
    return found


async def test_a_photo_that_cannot_be_stored_now_costs_no_words(citizen: Citizen, tmp_path: Path) -> None:
    """503, the sentence beside the files, everything typed still there; sent again, it is one report."""
    async with keys_away(citizen, tmp_path):
        refused = await citizen.report([PICTURE])

    form = refused.form("/phan-anh")
    assert refused.status == 503
    assert refused.headers["Retry-After"] == "10"
    assert AWAY in refused.text
    assert (form["content"], form["place"]) == (CONTENT, PLACE)
    ticket(await citizen.send(form, [PICTURE]))
    await citizen.world.settle()
    assert len((await only_report(citizen)).attachments) == 1


async def test_without_the_photo_it_is_taken_at_once(citizen: Citizen, tmp_path: Path) -> None:
    """The inbox needs no key of anybody."""
    async with keys_away(citizen, tmp_path):
        refused = await citizen.report([PICTURE])
        ticket(await citizen.send(refused.form("/phan-anh")))
    await citizen.world.settle()

    report = await only_report(citizen)
    assert (report.content_as_sent, report.attachments) == (CONTENT, ())


@on_both_engines
async def test_a_code_that_is_taken_is_tried_with_another(citizen: Citizen, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chance gives a code twice: the second report waits a moment and has one of its own."""
    await write_mail(citizen.world, LAMP)
    first = (await only_report(citizen)).code
    chance, rolled = new_code, [first]
    monkeypatch.setattr("core.service.receiving.new_code", lambda: rolled.pop() if rolled else chance())

    with capture_logs() as lines:
        await write_mail(citizen.world, LAMP.replace("12", "30"), sender="khac@example.vn")
        await citizen.world.pass_time(seconds=5)

    codes = await citizen.deployment.database.read(lambda one: list(one.scalars(select(tables.report.c.code))))
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["item_failed"]
    assert rolled == []
    assert len(set(codes)) == 2
    assert first in codes
    assert len(received(citizen.world)) == 2


@on_both_engines
async def test_a_code_that_a_page_promised_and_another_has_is_replaced(citizen: Citizen) -> None:
    """Nobody could look while the database was away: the report gets another code, is told it, and a person knows."""
    await write_mail(citizen.world, LAMP)
    code, _ = ticket(await citizen.report(email="an@hopthu.example.vn", consent="1"))
    promised = code.replace(" ", "")
    await citizen.deployment.database.write(lambda one: one.execute(update(tables.report).values(code=promised)))
    await citizen.world.settle()

    (found,) = [one for one in await stored_reports(citizen.world) if one.source_channel == "web"]
    assert found.code != promised
    assert len(await wanted(citizen.world)) == 1
    assert format_code(found.code) in received(citizen.world)[-1]
