"""What everybody may read: the list, the search, one case, its pictures; and no personal data anywhere."""

from __future__ import annotations

import pytest

from core.intake.fold import fold
from core.storage import reports
from core.storage.reports import PublicationRow
from gateway.portal.published import _read_place
from tests.gateway.portal.citizen import Citizen, File, photo
from tests.gateway.portal.test_follow import ANSWER, CANARY, the_case, work_through
from tests.support.deployments import World


async def publish(citizen: Citizen, number: int, *, kind: str = "result", words: str = "", **view: object) -> str:
    """A published case, written as the service writes it."""
    return await publish_in(citizen.world, number, kind=kind, words=words, **view)


async def publish_in(world: World, number: int, *, kind: str = "result", words: str = "", **view: object) -> str:
    """The same without a citizen."""
    case_id = f"{number:032x}"
    row = PublicationRow(
        case_id=case_id,
        published_at=world.clock(),
        view={"category": "Giao thông", "answer": f"Đã xong việc số {number}.", **view},
        kind=kind,
        search_text=f"giao thong da xong viec so {number}. {fold(words)}",
    )
    await world.deployment.database.write(lambda connection: reports.publish(connection, row))
    return case_id


@pytest.mark.rule("A-4", "VN-4")
async def test_a_published_case_is_found_without_marks_and_tells_nothing_of_the_reporter(citizen: Citizen) -> None:
    content = "Nắp cống trước nhà bà Canary bị vỡ, gọi 0900 000 001."
    await citizen.report(
        [File("canary.jpg", photo())],
        content=content,
        name=CANARY,
        phone="0900 000 001",
        email="canary@example.vn",
        consent="1",
    )
    await citizen.world.settle()
    await work_through(citizen.world)
    citizen.forget_cookies()
    case = await the_case(citizen.world)

    pages = [
        await citizen.see(path)
        for path in ("/", "/cong-khai", "/cong-khai?q=thay+nap+cong", f"/cong-khai/{case.id}", "/robots.txt")
    ]
    for page in pages[:4]:
        assert ANSWER in page.text, page.path
    for page in pages:
        for secret in ("Canary", "canary", "900 000 001", "900000001", case.state["reports"][0]["contact_id"]):
            assert secret not in page.html


async def test_a_search_that_finds_nothing_says_what_to_do(citizen: Citizen) -> None:
    await publish(citizen, 1)
    page = await citizen.see("/cong-khai", params={"q": "<b>voi rồng</b>"})
    assert "Không có kết quả nào" in page.text
    assert "<b>voi" not in page.html


async def test_the_list_goes_on_page_by_page_without_gaps_or_repeats(citizen: Citizen) -> None:
    for number in range(1, 46):
        await publish(citizen, number)
        citizen.world.clock.advance(seconds=number % 3)
    seen, path = list[str](), "/cong-khai?q=giao"
    while path:
        page = await citizen.see(path)
        seen += [part.partition('"')[0] for part in page.html.split('href="/cong-khai/')[1:]]
        path = page.html.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert len(seen) == 45
    assert len(set(seen)) == 45


async def test_a_picture_is_shown_only_where_it_was_chosen(citizen: Citizen) -> None:
    stored = await citizen.deployment.media.put_file(photo(), subject_id="officer", name="sau.jpg")
    case_id = await publish(citizen, 7, media=[stored.stored_key])

    async with citizen.client.get(f"/cong-khai/{case_id}/tep/1") as response:
        assert response.content_type == "image/jpeg"
        assert b"Canary Owner" not in await response.read()
    page = (await citizen.see(f"/cong-khai/{case_id}")).html
    shared = f"{citizen.deployment.settings.public_url}/cong-khai/{case_id}"
    assert f"/cong-khai/{case_id}/tep/1" in page
    assert f'<meta property="og:url" content="{shared}">' in page
    assert f'<meta property="og:image" content="{shared}/tep/1">' in page
    assert 'property="og:description" content="' in page
    for wrong in (f"/cong-khai/{case_id}/tep/2", f"/cong-khai/{case_id}/tep/0", f"/cong-khai/{8:032x}/tep/1"):
        assert (await citizen.see(wrong)).status == 404


async def test_a_file_whose_time_was_over_takes_no_result_with_it(citizen: Citizen) -> None:
    """The others keep their numbers."""
    media = citizen.deployment.media
    keys = [
        (await media.put_file(photo(size=size), subject_id="officer", name="")).stored_key
        for size in ((64, 48), (48, 64))
    ]
    case_id = await publish(citizen, 7, media=keys)
    await media.delete(keys[0])

    page = await citizen.see(f"/cong-khai/{case_id}")

    assert page.status == 200
    assert [f"/cong-khai/{case_id}/tep/{number}" in page.html for number in (1, 2)] == [False, True]


async def test_what_is_not_published_is_not_there(citizen: Citizen) -> None:
    await citizen.reported()
    case = await the_case(citizen.world)
    assert (await citizen.see(f"/cong-khai/{case.id}")).status == 404
    declined = await publish(citizen, 3, kind="declined", decline_label="Không rõ nội dung")
    assert (await citizen.see(f"/cong-khai/{declined}")).status == 404


async def test_refusals_are_listed_only_where_the_regulation_lists_them(citizen: Citizen) -> None:
    assert not citizen.deployment.regulation.current.publication.declined_public
    await publish(citizen, 3, kind="declined", decline_label="Không rõ nội dung")
    assert (await citizen.see("/khong-du-dieu-kien")).status == 404
    assert "/khong-du-dieu-kien" not in (await citizen.see("/")).html


@pytest.mark.parametrize("written", ["", "x", "12", "-", "12-", "-ab", "９９-ab", "1" * 17 + "-ab", "12-../"])
def test_an_odd_place_in_the_list_is_the_beginning(written: str) -> None:
    assert _read_place(written) is None


async def test_robots_and_manifest(citizen: Citizen) -> None:
    robots = await citizen.see("/robots.txt")
    assert "Disallow: /tra-cuu" in robots.html
    async with citizen.client.get("/manifest.webmanifest") as response:
        manifest = await response.json(content_type=None)
    assert manifest["lang"] == "vi"
    async with citizen.client.get(manifest["icons"][0]["src"]) as response:
        assert response.status == 200
