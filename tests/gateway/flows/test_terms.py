"""A reporter is told what they answer for, on every channel, and the words lie with their report."""

from __future__ import annotations

from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer

from core.regulations.loader import BUNDLED, load_pack
from tests.gateway.api.staffing import centre
from tests.gateway.console.office import open_office
from tests.gateway.flows.conftest import with_chat
from tests.gateway.flows.office import LAMP, Chat, assert_decent, only_case, stored_reports
from tests.gateway.portal.citizen import Citizen
from tests.gateway.portal.conftest import portal_app
from tests.support.databases import on_both_engines
from tests.support.deployments import World, world_over
from tests.support.letters import received, write_mail

TERMS = "Người phản ánh chịu hoàn toàn trách nhiệm trước pháp luật về nội dung đã cung cấp."
PACK = f"id: hoa_sen\nextends: thua_thien_hue\nintake:\n  consent: >-\n    {TERMS}\n"


@pytest_asyncio.fixture
async def telling(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A deployment whose regulation makes reporters answer for what they say."""
    folder = tmp_path / "hoa_sen"
    folder.mkdir()
    (folder / "pack.yaml").write_text(PACK, encoding="utf-8")
    agencies = (BUNDLED / "thua_thien_hue" / "agencies.yaml").read_text(encoding="utf-8")
    (folder / "agencies.yaml").write_text(agencies, encoding="utf-8")
    async with world_over(database_url, tmp_path, regulation=str(folder)) as world:
        yield world


async def assert_kept(world: World, channel: str) -> None:
    """The very words, their hash, where and when."""
    (report,) = await stored_reports(world)
    assert report.terms is not None
    assert (report.terms.wording, report.terms.channel) == (TERMS, channel)
    assert report.terms.sha256 == sha256(TERMS.encode()).hexdigest()
    assert report.terms.covers == ()


@on_both_engines
@pytest.mark.rule("LS-5.2", "QB-III.2d", "TG-5.4")
async def test_a_mail_is_answered_with_the_words_and_staff_see_them(telling: World) -> None:
    await write_mail(telling, LAMP)

    assert TERMS in received(telling)[-1]
    assert_decent(received(telling))
    await assert_kept(telling, "email")
    case = await only_case(telling)
    async with open_office(telling) as office, office.desk(await centre(telling)) as desk:
        assert TERMS in (await desk.get(f"/console/ho-so/{case.id}")).text


@pytest.mark.rule("LS-5.2", "QB-III.2d", "TG-5.4")
async def test_a_chat_is_told_with_the_code(telling: World) -> None:
    chat = Chat(telling, with_chat(telling))
    await chat.say(LAMP)

    assert TERMS in chat.heard[-1]
    await assert_kept(telling, chat.channel.name)


@on_both_engines
@pytest.mark.rule("LS-5.2", "QB-III.2d", "TG-5.4")
async def test_the_form_shows_them_before_sending_and_not_twice(telling: World) -> None:
    async with TestClient(TestServer(portal_app(telling.deployment))) as client:
        citizen = Citizen(telling, client)
        assert TERMS in (await citizen.see("/phan-anh")).text
        code, pin = await citizen.reported()
        assert TERMS not in (await citizen.open(code, pin)).text

    await assert_kept(telling, "web")


async def test_an_emergency_is_told_what_helps_and_nothing_else(telling: World) -> None:
    chat = Chat(telling, with_chat(telling))
    await chat.say("Cháy nhà ở số 5 Nguyễn Huệ, phường Vĩnh Ninh, có người mắc kẹt, cứu với!")

    assert all(TERMS not in text for text in chat.heard)
    assert all(report.terms is None for report in await stored_reports(telling))


async def test_a_regulation_without_such_words_tells_none(world: World) -> None:
    await write_mail(world, LAMP)
    assert [report.terms for report in await stored_reports(world)] == [None]


@pytest.mark.parametrize(
    ("name", "rule"), [("lang_son", "LS-5.2"), ("quang_binh", "QB-III.2d"), ("tien_giang", "TG-5.4")]
)
@pytest.mark.rule("LS-5.2", "QB-III.2d", "TG-5.4")
def test_the_packs_that_ask_for_it_have_the_words(name: str, rule: str) -> None:
    """As data: "chịu trách nhiệm" stands in each of the three."""
    assert "chịu" in load_pack(name).intake.consent, rule
    assert "trách nhiệm" in load_pack(name).intake.consent, rule
