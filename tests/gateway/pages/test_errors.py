"""Whatever goes wrong is told in words: a page, a fragment, or JSON, with the right status."""

from __future__ import annotations

import pytest
from aiohttp import web
from jinja2 import DictLoader
from structlog.testing import capture_logs

from core.contract import errors
from core.privacy.errors import Erased
from core.storage.database import Database
from gateway.auth import NotAllowed, NotSignedIn
from gateway.pages.environment import ENVIRONMENT
from tests.gateway.pages.shell import Site, open_site

FAULTS: tuple[tuple[Exception, int, str], ...] = (
    (errors.SignatureInvalid(), 401, "signature_invalid"),
    (errors.PayloadInvalid(), 400, "payload_invalid"),
    (errors.PayloadTooLarge(), 413, "payload_too_large"),
    (errors.IntakeUnavailable(), 503, "intake_unavailable"),
    (errors.NotFound(), 404, "not_found"),
    (errors.VersionConflict(), 409, "version_conflict"),
    (Erased(), 410, "erased"),
    (NotSignedIn(), 401, "not_signed_in"),
    (NotAllowed(), 403, "not_allowed"),
    (web.HTTPForbidden(), 403, "forbidden"),
    (web.HTTPTooManyRequests(), 429, "too_many_requests"),
    (errors.ChannelMisconfigured("secret detail"), 500, "gateway_error"),
    (ValueError("secret detail"), 500, "gateway_error"),
)
"""What is raised, the status it has, the code that programs read."""


async def test_each_error_has_its_status(database: Database) -> None:
    """For a program as JSON, for a browser as a page in Vietnamese; no detail of ours leaves the house."""
    async with open_site(database, pages=_mount) as site:
        for number, (error, status, code) in enumerate(FAULTS):
            async with site.client.get(f"/api/v1/loi/{number}") as response:
                body = await response.json()
                assert (response.status, body["error"]) == (status, code)
                assert body["message"].endswith("."), code
            async with site.client.get(f"/loi/{number}", allow_redirects=False) as response:
                text = await response.text()
                assert response.status == (303 if status == 401 else status), code
            if status != 401:
                assert body["message"] in text
                assert '<html lang="vi">' in text
            assert "secret detail" not in text, type(error)


def _mount(app: web.Application) -> None:
    async def fail(request: web.Request) -> web.Response:
        raise FAULTS[int(request.match_info["number"])][0]

    app.router.add_get("/loi/{number}", fail)
    app.router.add_get("/api/v1/loi/{number}", fail)


async def test_a_crash_is_logged_and_told_with_its_number(site: Site) -> None:
    """The reader gets the number under which the log holds the traceback."""
    with capture_logs() as lines:
        async with site.client.get("/hong/1234") as response:
            text = await response.text()
            number = response.headers["X-Request-ID"]
    [failed] = [line for line in lines if line["event"] == "request_failed"]

    assert response.status == 500
    assert number in text
    assert "900 000 001" not in text
    assert isinstance(failed["exc_info"], RuntimeError)
    assert failed["log_level"] == "error"


async def test_one_line_a_request_with_the_template_of_its_path(easy_site: Site) -> None:
    """No code, no query: they may be secrets."""
    user = await easy_site.add_user()
    await easy_site.give_password()
    with capture_logs() as lines:
        await easy_site.page("/hong/123456789012?pin=111222333444")
        await easy_site.page("/khong-co?so=0900000001")
        await easy_site.page("/console")
    served = [line for line in lines if line["event"] == "request_served"]

    assert [(line["route"], line["status"]) for line in served] == [
        ("/hong/{code}", 500),
        ("-", 404),
        ("/console", 200),
    ]
    assert all(line["method"] == "GET" and line["elapsed_ms"] >= 0 for line in served)
    assert served[-1]["user"] == user.id
    assert "111222333444" not in str(lines)
    assert "0900000001" not in str(lines)


async def test_redirects_are_logged_as_what_they_are(site: Site) -> None:
    """Raised or returned."""

    with capture_logs() as lines:
        async with site.client.get("/console", allow_redirects=False) as response:
            assert response.status == 303
    assert [line["status"] for line in lines if line["event"] == "request_served"] == [303]


@pytest.mark.parametrize(("path", "status"), [("/khong-co", 404), ("/phan-anh", 405)])
async def test_unknown_paths_and_methods(site: Site, path: str, status: int) -> None:
    """A page with a way back; the API answers JSON."""
    found, text = await site.page(path)
    assert found == status
    assert 'href="/"' in text
    async with site.client.get("/api/v1/khong-co") as response:
        assert (response.status, (await response.json())["error"]) == (404, "not_found")


async def test_who_wants_json_gets_it_anywhere(site: Site) -> None:
    """By the Accept header."""
    async with site.client.get("/khong-co", headers={"Accept": "application/json"}) as response:
        assert (await response.json())["error"] == "not_found"


async def test_htmx_gets_a_fragment_for_the_live_region(site: Site) -> None:
    """The page stays, the sentence is announced."""
    async with site.client.get("/hong/1", headers={"HX-Request": "true"}) as response:
        text = await response.text()

    assert response.status == 500
    assert response.headers["HX-Retarget"] == "#thong-bao"
    assert "<html" not in text
    assert 'role="alert"' in text


async def test_a_page_that_asks_by_itself_is_not_left_for_the_sign_in(site: Site) -> None:
    """Somebody may be writing on it: the sentence is announced, and the way to sign in opens beside it."""
    async with site.client.get("/console", headers={"HX-Request": "true"}) as response:
        text = await response.text()

    assert (response.status, response.headers["HX-Retarget"]) == (401, "#thong-bao")
    assert "HX-Redirect" not in response.headers
    assert "phiên làm việc đã hết hạn" in text
    assert 'href="/console/dang-nhap" target="_blank"' in text


async def test_a_body_over_the_limit(database: Database) -> None:
    """413 with the limit in words."""
    async with open_site(database, http={"max_body_mb": 1}) as site:
        token = await site.token()
        answer = await site.post("/phan-anh", token=token, content="x" * 1_100_000)

        assert answer.status == 413
        assert "tối đa 1 MB" in answer.text


async def test_an_error_page_that_breaks_is_still_an_answer(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The templates are gone: plain words, and both faults in the log."""
    monkeypatch.setattr(site.app[ENVIRONMENT], "loader", DictLoader({}))
    monkeypatch.setattr(site.app[ENVIRONMENT], "cache", {})
    with capture_logs() as lines:
        status, text = await site.page("/hong/1")

    assert (status, text) == (500, errors.GatewayError.vi)
    assert {"request_failed", "error_page_failed"} <= {line["event"] for line in lines}


async def test_half_an_answer_is_cut_off(database: Database) -> None:
    """What was streaming cannot become an error page any more."""
    import aiohttp

    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"half")
        raise RuntimeError("gone")

    async with open_site(database, pages=lambda app: app.router.add_get("/loi", stream)) as site:
        with capture_logs() as lines, pytest.raises(aiohttp.ClientPayloadError):
            await site.page("/loi")
    assert "answer_broke_off" in {line["event"] for line in lines}
