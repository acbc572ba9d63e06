"""English and back: chosen once, kept, asked for by address, and never for what staff see."""

from __future__ import annotations

import pytest

from tests.gateway.portal.citizen import CONTENT, PLACE, Citizen
from tests.gateway.portal.test_published import publish

PAGES = ("/", "/phan-anh", "/phan-anh/ban-nhap", "/tra-cuu", "/cong-khai", "/thong-bao", "/thong-bao/nhan")


@pytest.mark.parametrize("path", PAGES)
async def test_each_page_can_be_asked_for_in_english(citizen: Citizen, path: str) -> None:
    page = await citizen.see(f"{path}?lang=en")
    assert '<html lang="en">' in page.html
    assert "Send a report" in page.text
    assert "Gửi phản ánh" not in page.text
    assert 'hreflang="vi"' in page.html


async def test_the_choice_is_kept_and_leads_back_to_where_it_was_made(citizen: Citizen) -> None:
    await publish(citizen, 1)
    page = await citizen.see("/ngon-ngu", params={"den": "en", "ve": "/cong-khai?q=giao"})
    assert (page.path, "Results for what you chose" in page.text) == ("/cong-khai", True)
    assert 'value="giao"' in page.html
    assert "Follow a report" in (await citizen.see("/tra-cuu")).text
    assert "Tra cứu phản ánh" in (await citizen.see("/ngon-ngu", params={"den": "vi", "ve": "/tra-cuu"})).text


@pytest.mark.parametrize(
    "elsewhere", ["https://example.vn/", "//example.vn/", "/\\example.vn", "javascript:alert(1)", "x"]
)
async def test_the_switch_leads_to_no_other_site(citizen: Citizen, elsewhere: str) -> None:
    url = citizen.client.make_url("/ngon-ngu").with_query({"den": "en", "ve": elsewhere})
    async with citizen.client.session.get(url, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, "/")


async def test_an_unknown_language_is_vietnamese(citizen: Citizen) -> None:
    page = await citizen.see("/ngon-ngu", params={"den": "xx", "ve": "/?lang=<b>"})
    assert '<html lang="vi">' in page.html
    assert "<b>" not in page.html


async def test_mistakes_and_errors_are_told_in_english(citizen: Citizen) -> None:
    await citizen.see("/ngon-ngu", params={"den": "en"})
    form = (await citizen.see("/phan-anh")).form("/phan-anh")
    page = await citizen.send(form, content="", place=PLACE, phone="12")
    assert (page.status, "Please say what is happening." in page.text) == (422, True)
    assert "The phone number is not right." in page.text
    lost = await citizen.see("/khong-co-trang-nay")
    assert (lost.status, "This address does not exist" in lost.text) == (404, True)


async def test_a_report_in_english_is_a_report(citizen: Citizen) -> None:
    """Code and PIN, the consent in the words that were shown, and the public word for its stage."""
    await citizen.see("/ngon-ngu", params={"den": "en"})
    form = (await citizen.see("/phan-anh")).form("/phan-anh")
    sent = await citizen.send(form, content=CONTENT, place=PLACE, email="an@example.vn", add=(("consent", "1"),))
    assert "Thank you, we have received it" in sent.text
    await citizen.world.settle()
    page = await citizen.see("/tra-cuu/phan-anh")
    assert "Report received" in page.text
    assert CONTENT in page.text


async def test_what_an_authority_wrote_is_marked_as_vietnamese(citizen: Citizen) -> None:
    case_id = await publish(citizen, 1)
    page = await citizen.see(f"/cong-khai/{case_id}?lang=en")
    assert '<p class="said" lang="vi">' in page.html
    assert "Traffic" not in page.html.partition("<main")[2].partition("said")[2]
