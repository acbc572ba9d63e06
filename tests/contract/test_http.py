"""Calls to providers: what never left, what nobody answered, and files that are not where they should be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from channels.http import PAUSE, ProviderHttp, Reply, Turns, retry_after
from core.contract.errors import (
    ChannelMisconfigured,
    ConnectionFailed,
    MessageInvalid,
    OutcomeUnknown,
    ProviderRefused,
    TemporarySendError,
    Throttled,
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
NOWHERE: frozenset[str] = frozenset()


@asynccontextmanager
async def provider(handler: Handler, *, patience: float = 5.0) -> AsyncIterator[ProviderHttp]:
    """A server that answers everything by `handler`, and the way to it."""
    app = web.Application()
    app.router.add_route("*", "/{any:.*}", handler)
    async with TestServer(app) as server:
        http = ProviderHttp(str(server.make_url("/")), timeout=patience)
        try:
            yield http
        finally:
            await http.close()


async def test_letters_and_headers_arrive_as_they_are() -> None:
    """JSON in UTF-8 without escapes; an answer labelled as text is read all the same."""
    seen: list[bytes] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(await request.read())
        return web.Response(text='{"error": 0}', headers={"X-Kind": request.headers["X-Kind"]})

    async with provider(answer) as http:
        reply = await http.post_json("/send", {"text": "đã nhận"}, headers={"X-Kind": "cs"})

    assert seen == ['{"text":"đã nhận"}'.encode()]
    assert (reply.ok, reply.json(), reply.headers["x-kind"]) == (True, {"error": 0}, "cs")


async def test_an_answer_in_pieces_is_one_answer() -> None:
    """Providers send as they go: what follows a moment later belongs to it."""
    heard = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b'{"error":')
        await asyncio.wait_for(heard.wait(), 5)
        await response.write(b" 0}")
        return response

    async with provider(answer) as http:
        asking = asyncio.create_task(http.get("/me"))
        asyncio.get_running_loop().call_later(0.05, heard.set)
        assert (await asking).json() == {"error": 0}


async def test_a_form_and_a_question() -> None:
    """Fields and query arrive decoded."""

    async def answer(request: web.Request) -> web.Response:
        return web.json_response({**await request.post(), **request.query})

    async with provider(answer) as http:
        assert (await http.post_form("/token", {"grant": "a b"})).json() == {"grant": "a b"}
        assert (await http.get("/me", query={"data": '{"n":1}'})).json() == {"data": '{"n":1}'}


async def test_nobody_listens() -> None:
    """Nothing has left: it may be repeated."""
    http = ProviderHttp(f"http://127.0.0.1:{unused_port()}")
    with pytest.raises(ConnectionFailed):
        await http.post_json("/send", {})
    await http.close()


@pytest.mark.parametrize("cut", [True, False], ids=["hung up", "silent"])
async def test_no_answer_is_unknown(cut: bool) -> None:
    """It may have been taken: never repeated blindly."""

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        if cut and request.transport is not None:
            request.transport.abort()
        await asyncio.sleep(3600)
        return web.Response()

    async with provider(answer, patience=0.3) as http:
        with pytest.raises(OutcomeUnknown):
            await http.post_json("/send", {})


async def test_broken_json_is_unknown() -> None:
    """An accepted message whose confirmation cannot be read may have gone out."""
    for body in (b"{", b"[]", b"\xff", b""):
        with pytest.raises(OutcomeUnknown):
            Reply(200, body).json()


async def test_429_says_how_long() -> None:
    """Whatever the body says."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=429, headers={"Retry-After": "7"})

    async with provider(answer) as http:
        with pytest.raises(Throttled) as caught:
            await http.get("/")
    assert (caught.value.retry_after, caught.value.retryable) == (7.0, True)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("5", 5),
        ("0", 1),
        ("-3", 1),
        ("", PAUSE),
        ("soon", PAUSE),
        ("nan", PAUSE),
        ("1e9", 86400),
        ("Mon, 01 Jan 2001 00:00:00 GMT", 1),
    ],
)
def test_pauses_are_sensible(header: str, seconds: float) -> None:
    """Numbers and dates; what nobody can mean is not obeyed."""
    assert retry_after({"retry-after": header}) == seconds


async def test_a_file_by_way_of_a_redirection() -> None:
    """The provider sends us on; the header that proves us goes to its first host only."""

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/file":
            raise web.HTTPFound("/cdn")
        assert "Authorization" not in request.headers
        return web.Response(body=b"JPEG")

    async with provider(answer) as http:
        url = http._base + "/file"
        assert await http.download(url, hosts=NOWHERE, most=4, headers={"Authorization": "x"}) == b"JPEG"


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "undeclared"])
async def test_a_file_that_is_too_long(declared: bool) -> None:
    """By what it claims, and by what comes: two gigabytes are never held."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(2**31)} if declared else {})
        await response.prepare(request)
        for _piece in range(64):
            await response.write(b"x" * 1024)
        return response

    async with provider(answer) as http:
        with pytest.raises(MessageInvalid):
            await http.download(http._base + "/file", hosts=NOWHERE, most=1024)


@pytest.mark.parametrize(
    ("status", "headers", "error"),
    [
        (404, None, ProviderRefused),
        (410, None, ProviderRefused),
        (403, None, ProviderRefused),
        (403, {"Authorization": "x"}, ChannelMisconfigured),
        (500, None, TemporarySendError),
        (429, None, TemporarySendError),
    ],
)
async def test_a_file_that_is_not_to_be_had(
    status: int, headers: dict[str, str] | None, error: type[Exception]
) -> None:
    """Gone (an old link is often forbidden), refused to us by name, or later."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status)

    async with provider(answer) as http:
        with pytest.raises(error) as caught:
            await http.download(http._base + "/file", hosts=NOWHERE, most=10, headers=headers)
    assert str(getattr(caught.value, "provider_code", "")) == str(status)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/a.jpg",
        "https://zdn.vn.evil.example/a.jpg",
        "https://evilzdn.vn/a.jpg",
        "http://p.zdn.vn/a.jpg",
        "https://p.zdn.vn:22/a.jpg",
        "https://127.0.0.1/a.jpg",
        "https://[::1]/a.jpg",
        "https://localhost/a.jpg",
        "file:///etc/passwd",
        "https://p.zdn.vn@evil.example/a.jpg",
        "//",
        "https://[",
    ],
)
async def test_files_come_from_the_provider_only(url: str) -> None:
    """Exact names and whole domains, by https, at its usual port."""
    http = ProviderHttp("https://openapi.zalo.example")
    with pytest.raises(MessageInvalid):
        await http.download(url, hosts=frozenset({".zdn.vn"}), most=10)
    await http.close()


async def test_an_allowed_name_that_leads_into_the_house(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the name service says: a private address is not connected to."""

    async def inside(_self: object, host: str, port: int = 0, family: int = 0) -> list[dict[str, object]]:
        return [{"hostname": host, "host": "10.0.0.8", "port": port, "family": family, "proto": 0, "flags": 0}]

    monkeypatch.setattr("aiohttp.ThreadedResolver.resolve", inside)
    http = ProviderHttp("https://openapi.zalo.example")
    with pytest.raises(TemporarySendError):
        await http.download("https://p.zdn.vn/a.jpg", hosts=frozenset({".zdn.vn"}), most=10)
    with pytest.raises(ConnectionFailed):
        await http.get("/me")
    await http.close()


def test_turns_are_spread_evenly_and_none_is_saved_up() -> None:
    """After a silence the next goes at once, and no crowd behind it."""
    at = [100.0]
    turns = Turns(4, lambda: at[0])
    crowd = [turns.take() for _ in range(3)]
    at[0] = 200.0

    assert crowd == [0, 0.25, 0.5]
    assert [turns.take() for _ in range(2)] == [0, 0.25]
