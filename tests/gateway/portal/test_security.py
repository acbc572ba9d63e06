"""Every door of the portal, from its list of routes: policy, tokens, other people's things, planted cookies, files."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from aiohttp import web

from gateway.notice_readers import ENDING
from gateway.pages.headers import ALWAYS, CONTENT_SECURITY_POLICY
from gateway.portal.setup import setup_portal
from gateway.portal.shared import FOLLOW, SENT
from tests.gateway.portal.citizen import Citizen, File, photo
from tests.gateway.portal.test_published import publish
from tests.support.deployments import World

INLINE = re.compile(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
FILLED = {"code": "0" * 12, "case": "0" * 32, "key": "0" * 64, "how": "", "number": "1", "token": "a" * 43}
"""What a path is filled with that names something of somebody's."""
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\n%%EOF\n"


def doors(citizen: Citizen, method: str) -> Iterator[str]:
    """Every address of the portal that takes this method, parameters filled."""
    application = citizen.client.app
    assert isinstance(application, web.Application)
    for route in application.router.routes():
        handler = route.handler.__module__
        if route.method == method and handler.startswith("gateway.portal") and route.resource is not None:
            yield re.sub(r"\{(\w+)(?::[^{}]*(?:\{[^{}]*\}[^{}]*)*)?\}", _fill, route.resource.canonical)


def _fill(found: re.Match[str]) -> str:
    return FILLED.get(found[1], "0")


async def test_the_list_of_doors_is_the_portal(citizen: Citizen) -> None:
    """So that the tests below try something: it holds what setup mounts."""
    assert setup_portal.__module__ == "gateway.portal.setup"
    assert {"/", "/phan-anh", "/tra-cuu", "/cong-khai", "/thong-ke", "/du-lieu-cua-ban"} <= set(doors(citizen, "GET"))
    assert {"/phan-anh", "/phan-anh/goi-y", "/tra-cuu", "/tra-cuu/phan-anh/rut"} <= set(doors(citizen, "POST"))


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_every_page_keeps_the_policy_and_needs_nothing_inline(citizen: Citizen, language: str) -> None:
    """CSP without inline script or style, no frames, no sniffing; on errors and redirects too."""
    await publish(citizen, 0)
    await citizen.reported()
    shown = 0
    for path in doors(citizen, "GET"):
        url = citizen.client.make_url(path).update_query(lang=language)
        async with citizen.client.session.get(url, allow_redirects=False) as response:
            assert response.status < 500, path
            for name, value in ALWAYS:
                assert response.headers[name] == value or "sandbox" in response.headers[name], (path, name)
            if response.content_type == "text/html" and response.status == 200:
                shown += 1
                assert not INLINE.search(await response.text()), path
    assert shown >= 10
    assert "unsafe" not in CONTENT_SECURITY_POLICY


async def test_no_form_is_taken_without_its_token(citizen: Citizen) -> None:
    """Each POST: without any token, and with one that belongs to another browser. A reader's link is its own proof."""
    stolen = (await citizen.see("/phan-anh")).form("/phan-anh")["csrf"]
    citizen.forget_cookies()
    own = (await citizen.see("/phan-anh")).form("/phan-anh")["csrf"]
    assert stolen != own
    for path in (one for one in doors(citizen, "POST") if not one.startswith(f"{ENDING}/")):
        for body in ({}, {"csrf": stolen}):
            async with citizen.client.post(path, data=body, allow_redirects=False) as response:
                assert response.status == 403, (path, body)


async def test_no_form_is_taken_from_another_site(citizen: Citizen) -> None:
    own = (await citizen.see("/phan-anh")).form("/phan-anh")["csrf"]
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    for path in (one for one in doors(citizen, "POST") if not one.startswith(f"{ENDING}/")):
        async with citizen.client.post(path, data={"csrf": own}, headers=elsewhere, allow_redirects=False) as response:
            assert response.status == 403, path


@pytest.mark.rule("VN-4")
async def test_whoever_opened_one_report_reads_nothing_of_another(citizen: Citizen) -> None:
    """Their file by its exact address, their letter, their words: only what is open in this browser."""
    await citizen.report([File("a.jpg", photo())], content="Canary một: nắp cống vỡ trước cổng trường.")
    await citizen.world.settle()
    theirs = re.findall(r"/tra-cuu/phan-anh/tep/[0-9a-f]{64}", (await citizen.see("/tra-cuu/phan-anh")).html)
    citizen.forget_cookies()
    await citizen.report([File("b.jpg", photo(size=(80, 60)))], content="Canary hai: đèn đường trước chợ tắt.")
    await citizen.world.settle()
    mine = await citizen.see("/tra-cuu/phan-anh")

    assert "Canary hai" in mine.text
    assert "Canary một" not in mine.html
    assert theirs
    for path in set(theirs):
        assert path not in mine.html
        assert (await citizen.see(path)).status == 404
    citizen.forget_cookies()
    for path in set(theirs):
        async with citizen.client.get(path, allow_redirects=False) as response:
            assert (response.status, response.headers["Location"]) == (303, "/tra-cuu")


async def test_a_planted_cookie_opens_nothing(citizen: Citizen) -> None:
    """Made up, cut, changed by a letter, or one of ours for another purpose."""
    await citizen.report()
    jar = {cookie.key: cookie.value for cookie in citizen.client.session.cookie_jar}
    good, sent = jar[FOLLOW], jar[SENT]
    citizen.forget_cookies()
    middle = len(good) // 2
    changed = good[:middle] + ("A" if good[middle] != "A" else "B") + good[middle + 1 :]
    for planted in ("x", good[:-4], changed, sent, ""):
        url = citizen.client.make_url("/tra-cuu/phan-anh")
        async with citizen.client.session.get(
            url, headers={"Cookie": f"{FOLLOW}={planted}"}, allow_redirects=False
        ) as response:
            assert (response.status, response.headers["Location"]) == (303, "/tra-cuu")


async def test_cookies_are_for_this_site_alone(citizen: Citizen) -> None:
    """Whoever plants a visitor's cookie knows its token, and still no other site can send a form with it."""
    await citizen.report()
    cookies = list(citizen.client.session.cookie_jar)
    assert len(cookies) >= 3
    for cookie in cookies:
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize(
    ("name", "data", "disposition"), [("anh.jpg", photo(), "inline"), ("a.pdf", PDF, "attachment")]
)
async def test_a_file_is_served_from_a_sandbox(citizen: Citizen, name: str, data: bytes, disposition: str) -> None:
    """Whatever is in it runs nowhere: no script, no origin, no sniffing; nobody else's cache keeps it."""
    await citizen.report([File(name, data)])
    await citizen.world.settle()
    page = await citizen.see("/tra-cuu/phan-anh")
    (path, *_) = re.findall(r"/tra-cuu/phan-anh/tep/[0-9a-f]{64}", page.html)
    async with citizen.client.get(path) as response:
        assert response.status == 200
        assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response.headers["Content-Disposition"].startswith(disposition)
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-store"


async def test_a_published_file_is_served_from_a_sandbox_too(world: World, citizen: Citizen) -> None:
    stored = await world.deployment.media.put_file(photo(), subject_id="officer", name="sau.jpg")
    case_id = await publish(citizen, 7, media=[stored.stored_key])
    async with citizen.client.get(f"/cong-khai/{case_id}/tep/1") as response:
        assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
