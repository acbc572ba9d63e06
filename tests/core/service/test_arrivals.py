"""Lạng Sơn in the whole house: who reads a personal number, and from when a reporter's hour counts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from core.cases.model import Case
from core.service.reading import CaseReader
from core.storage import cases, outbox
from core.storage.tables import outbox as entries
from tests.gateway.api.staffing import case_ids, centre, hire, issue
from tests.support.deployments import World, open_world
from tests.support.letters import answer_mail, received, write_mail

NUMBER = "020203000001"
WRITTEN = (
    "Bãi rác bốc mùi ở số 12 Trần Đăng Ninh, xã Hoa Đào, ba hôm nay không ai dọn. "
    f"Tôi là Nguyễn Văn An, CCCD {NUMBER}, số 0900 000 001."
)


@pytest_asyncio.fixture
async def lang_son(tmp_path: Path) -> AsyncIterator[World]:
    """A house under the regulation of Lạng Sơn."""
    async with open_world(tmp_path / "var", regulation="lang_son") as world:
        yield world


async def the_case(world: World, case_id: str) -> Case:
    """As it is stored."""
    row = await world.deployment.database.read(partial(cases.load, case_id=case_id))
    return Case.model_validate(row.state)


async def reported(world: World) -> str:
    """A mail with all but the address, which is asked for and answered; the id of its case."""
    await write_mail(world, WRITTEN, subject="Bãi rác")
    await answer_mail(world, "Số 5 Trần Đăng Ninh, xã Hoa Đào")
    (made,) = await case_ids(world)
    return made


async def asked(world: World) -> str:
    """A case whose reporter is to say where it is."""
    case_id = await reported(world)
    await issue(world, await centre(world), case_id, "request_supplement", fields=["place"])
    return case_id


@pytest.mark.rule("A-LS-2", "LS-7.2b")
async def test_the_hour_counts_from_when_the_request_left_and_then_from_its_receipt(lang_son: World) -> None:
    """The mail went out: noted once. A provider's receipt comes ten minutes later: the hour begins again."""
    case_id = await asked(lang_son)
    case = await the_case(lang_son, case_id)
    assert case.marks["request_sent"].at >= case.marks["request_supplement"].at
    lang_son.clock.advance(minutes=10)
    read = lang_son.deployment.database.read
    request = select(entries.c.provider_message_id).where(entries.c.dedupe_key.contains("reporter_supplement"))
    provider_id = await read(lambda one: one.scalar(request))
    assert provider_id

    await lang_son.deployment.clerk.arrivals.delivered(provider_id)
    await lang_son.deployment.clerk.arrivals.delivered(provider_id)

    later = await the_case(lang_son, case_id)
    assert later.marks["request_delivered"].at == lang_son.clock()
    assert (later.clocks["supplement"].due_at - lang_son.clock()).total_seconds() == 3600
    assert later.version == case.version + 2  # the receipt and the limit anew, once


@pytest.mark.rule("A-LS-2")
async def test_other_messages_of_the_case_start_no_hour(lang_son: World) -> None:
    """Neither the receipt of the report nor any letter but the request itself."""
    case_id = await reported(lang_son)
    read = lang_son.deployment.database.read
    everything = await read(lambda one: list(one.scalars(select(entries.c.id))))

    for entry_id in everything:
        await lang_son.deployment.clerk.arrivals.sent(entry_id)

    assert "request_sent" not in (await the_case(lang_son, case_id)).marks
    assert await read(partial(outbox.cause_of, entry_id="nobody")) is None


@pytest.mark.rule("A-LS-7", "LS-5.1c", "VN-4")
async def test_only_who_checks_a_report_reads_the_whole_number(lang_son: World) -> None:
    """The receptionist; not the editor who may read the name and call, nor the commune; and no message repeats it."""
    case_id, one = await reported(lang_son), lang_son.deployment
    reader = CaseReader(one.database, safe=one.safe, regulation=one.regulation, now=one.now)
    checks = await hire(lang_son, "Trần Thị Bình", ("receptionist", ""))
    edits = await hire(lang_son, "Lý Văn Dũng", ("editor", ""), ("distributor", ""))

    whole = await reader.case_page(case_id, checks, reveal=True)
    masked = await reader.case_page(case_id, edits, reveal=True)

    assert whole.reports[0].reporter.identity_number == NUMBER
    assert (masked.reports[0].reporter.identity_number, masked.reports[0].reporter.phones) == (
        "***001",
        ("+84900000001",),
    )
    assert NUMBER not in masked.model_dump_json()
    assert all(NUMBER not in text for text in received(lang_son))
