"""Everything that everybody may load: whole, in every form, and with no word of any reporter in any of them."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree as ET

import pytest

from core.service.public_notices import NoticeDraft, NoticeKind
from gateway.portal import open_data
from gateway.portal.public_notices import notices_of
from tests.gateway.portal.citizen import Citizen, File, photo
from tests.gateway.portal.test_follow import ANSWER, CANARY, the_case, work_through
from tests.gateway.portal.test_published import publish

FORMS = ("/cong-khai.csv", "/cong-khai.geojson", "/cong-khai.atom", "/cong-khai.rss", "/thong-ke.json")
SECRETS = (CANARY, "Canary", "canary@example.vn", "900 000 001", "900000001", "Nắp cống", "Lê Lợi")


async def table(citizen: Citizen, query: str = "") -> list[dict[str, str]]:
    """The table as a spreadsheet reads it."""
    async with citizen.client.get(f"/cong-khai.csv{query}") as response:
        assert response.status == 200
        text = (await response.read()).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.rule("A-4", "VN-4")
async def test_no_form_tells_of_a_reporter(citizen: Citizen) -> None:
    """A case with a name, a number, an address, a place and a photo, through to its answer."""
    who = {"name": CANARY, "phone": "0900 000 001", "email": "canary@example.vn", "consent": "1"}
    where = {"latitude": "16.46371", "longitude": "107.59092"}
    await citizen.report([File("canary.jpg", photo())], **who, **where)
    await citizen.world.settle()
    await work_through(citizen.world)
    citizen.forget_cookies()
    case = await the_case(citizen.world)

    for path in FORMS:
        async with citizen.client.get(path) as response:
            text = await response.text()
        assert [secret for secret in (*SECRETS, case.state["reports"][0]["contact_id"]) if secret in text] == [], path
    (row,) = await table(citizen)
    assert set(row) == {name for name, _ in open_data.COLUMNS}
    assert (row["tra_loi"], row["vi_do"], row["kinh_do"]) == (ANSWER, "16.464", "107.591")
    assert row["dia_chi"].endswith(f"/cong-khai/{case.id}")


async def test_the_table_is_whole_and_filtered(citizen: Citizen, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every result once, whatever the number of pages it was read in."""
    monkeypatch.setattr(open_data, "AT_ONCE", 7)
    for number in range(1, 23):
        await publish(citizen, number, words="hiem" if number == 9 else "")
        citizen.world.clock.advance(seconds=number % 3)

    whole = [row["tra_loi"] for row in await table(citizen)]
    assert sorted(whole) == sorted(f"Đã xong việc số {number}." for number in range(1, 23))
    assert [row["tra_loi"] for row in await table(citizen, "?q=hiem")] == ["Đã xong việc số 9."]


async def test_no_cell_begins_a_formula(citizen: Citizen) -> None:
    await publish(citizen, 1, answer="=HYPERLINK(0)", agencies=["@công ty"])

    (row,) = await table(citizen)
    assert (row["tra_loi"], row["co_quan"]) == ("'=HYPERLINK(0)", "'@công ty")


async def test_whoever_loads_it_over_and_over_waits(citizen: Citizen) -> None:
    statuses = [(await citizen.see("/cong-khai.csv")).status for _ in range(31)]
    assert statuses == [200] * 30 + [429]


async def test_feeds_say_the_same_in_both_forms(citizen: Citizen) -> None:
    """Results and notices, as Atom and as RSS 2.0."""
    deployment, now = citizen.deployment, citizen.world.clock()
    await publish(citizen, 1, answered_at=now.isoformat())
    board = notices_of(deployment)
    told = {"kind": NoticeKind.WARNING, "title": "Mưa lớn <b>", "text": "Đề phòng ngập."}
    draft = NoticeDraft.model_validate(told | {"valid_from": now, "valid_until": now.replace(day=30)})
    notice = await board.write(draft, by="a" * 32)
    await board.publish(notice, 1, by="a" * 32)

    for page in ("/cong-khai", "/thong-bao"):
        atom, rss = [await _feed(citizen, f"{page}.{form}") for form in ("atom", "rss")]
        space = "{http://www.w3.org/2005/Atom}"
        told = [(one.findtext(f"{space}id"), one.findtext(f"{space}title")) for one in atom.iter(f"{space}entry")]
        assert [(one.findtext("guid"), one.findtext("title")) for one in rss.iter("item")] == told
        assert len(told) == 1


async def _feed(citizen: Citizen, path: str) -> ET.Element:
    async with citizen.client.get(path) as response:
        assert response.status == 200
        assert response.content_type == f"application/{path.rpartition('.')[2]}+xml"
        return ET.fromstring(await response.text())


async def test_the_page_leads_to_each_of_them(citizen: Citizen) -> None:
    page = await citizen.see("/du-lieu-mo")

    for path in (*FORMS, "/thong-bao.atom", "/thong-bao.rss"):
        assert f'href="{path}"' in page.html
        assert (await citizen.see(path)).status == 200
    async with citizen.client.get("/cong-khai.geojson") as response:
        assert json.loads(await response.text())["type"] == "FeatureCollection"
