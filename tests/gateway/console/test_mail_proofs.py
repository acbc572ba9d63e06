"""What the edge server proved about a mail's sender, in the conversation: on the page and in the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from core.service.reading import CaseReader
from core.storage import staff_lists
from tests.gateway.api.staffing import centre
from tests.gateway.console.office import Office, open_office
from tests.support.deployments import world_over
from tests.support.edges import EDGE, checked
from tests.support.letters import write_mail

WARNING = "Thư này không chứng minh được là từ địa chỉ ghi trong thư"


@pytest_asyncio.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    """The application behind a mail server that checks senders."""
    async with world_over(database_url, tmp_path, email=EDGE) as world, open_office(world) as opened:
        yield opened


@pytest.mark.parametrize(("verdict", "warns"), [("fail", True), ("pass", False)])
async def test_a_sender_that_does_not_hold_is_warned_of(office: Office, verdict: str, warns: bool) -> None:
    """One line beside the mail; the warning only where DMARC failed."""
    world, ioc = office.world, await centre(office.world)
    await write_mail(world, "Tôi muốn gặp nhân viên.", subject="Hỏi", headers=checked(dmarc=verdict))
    (row,) = await world.deployment.database.read(staff_lists.attended)
    async with office.desk(ioc) as desk:
        page = await desk.get(f"/console/hoi-thoai/{row.id}")
    one = world.deployment
    reader = CaseReader(one.database, safe=one.safe, regulation=one.regulation, now=one.now)
    said, *answers = (await reader.conversation(row.id, ioc)).messages

    assert ("Cảnh báo" in page.text, WARNING in page.text) == (warns, warns)
    assert ("Thư này đúng là từ địa chỉ ghi trong thư" in page.text) is not warns
    assert said.proof is not None
    assert (said.proof.dmarc, said.proof.doubtful) == (verdict, warns)
    assert [one.proof for one in answers] == [None] * len(answers)


async def test_what_a_stranger_wrote_into_the_mail_proves_nothing(office: Office) -> None:
    """Results under another name than our server's are nobody's."""
    ioc = await centre(office.world)
    forged = {"Authentication-Results": "mail.example.org; spf=pass; dkim=pass; dmarc=pass"}
    await write_mail(office.world, "Tôi muốn gặp nhân viên.", subject="Hỏi", headers=forged)
    (row,) = await office.world.deployment.database.read(staff_lists.attended)
    async with office.desk(ioc) as desk:
        page = await desk.get(f"/console/hoi-thoai/{row.id}")

    assert "địa chỉ ghi trong thư" not in page.text
    assert "Tôi muốn gặp nhân viên." in page.text
