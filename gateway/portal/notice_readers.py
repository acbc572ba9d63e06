"""
`/thong-bao/nhan`: have notices sent to a mail address or a telephone, for some places and fields; proved by a one-time
password before anything is kept, ended by one click from any of them (RFC 8058).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aiohttp import web

from core.identity import phones
from core.otp.challenge import REFUSED_VI
from core.privacy.blind import kind_of_address, normal_email
from core.service.carrying import Way
from core.service.notice_readers import Wish, chats_reached, kinds_reached, sender_for, wish_of
from core.service.notice_way import topics
from core.service.proving import Limited, Wanted
from core.service.public_notices import MOST_AREAS, areas_in
from core.service.reading.names import CHANNELS
from gateway.auth import cookies
from gateway.auth.targets import see_other
from gateway.deployment import DEPLOYMENT
from gateway.notice_readers import ENDING, readers_of
from gateway.pages import render
from gateway.portal.proving import limited
from gateway.portal.shared import client_of, private, put_note, read_note

PAGE = "/thong-bao/nhan"
PROOF = f"{PAGE}/xac-nhan"
LINK = "[0-9a-f]{64}"
ASKED = "langnghe_reader"
"""Cookie of whoever asked for notices: where, what of, and which password went there."""
ASKED_TIME = timedelta(minutes=15)
_LONGEST = 200
_PURPOSE = "notices"
NO_ADDRESS = "Vui lòng nhập địa chỉ thư điện tử hoặc số điện thoại di động."
NO_WAY = "Hiện chưa gửi được đến loại địa chỉ này. Vui lòng dùng địa chỉ khác."
NOT_SAID = "Vui lòng đánh dấu đồng ý để chúng tôi được lưu địa chỉ này."
TOO_MANY = f"Vui lòng ghi không quá {MOST_AREAS} xã, phường, cách nhau bằng dấu phẩy."


async def show_form(request: web.Request) -> web.StreamResponse:
    """Where and what of."""
    return _form(request, {})


async def take_form(request: web.Request) -> web.StreamResponse:
    """Send a password there; nothing is kept yet."""
    posted = await request.post()
    typed = {name: _line(posted.get(name)) for name in ("dia-chi", "khu-vuc")}
    chosen = [str(one) for one in posted.getall("linh-vuc", []) if one in _topics(request)]
    areas = areas_in(typed["khu-vuc"])
    address, problem = _address(typed["dia-chi"])
    to = sender_for(request.app[DEPLOYMENT].channels, address) if address else None
    errors = {"dia-chi": problem or NO_WAY} if to is None else {}
    errors |= {"khu-vuc": TOO_MANY} if len(areas) > MOST_AREAS else {}
    errors |= {"dong-y": NOT_SAID} if posted.get("dong-y") != "1" else {}
    if errors or to is None:
        return _form(request, errors, typed=typed, chosen=chosen, status=422)
    wanted = Wanted(_PURPOSE, Way(to), client=client_of(request))
    answer = await request.app[DEPLOYMENT].proving.request(wanted)
    if isinstance(answer, Limited):
        problems = {"dia-chi": limited(answer.retry_after)}
        return _form(request, problems, typed=typed, chosen=chosen, status=429)
    response = web.HTTPSeeOther(PROOF)
    note = {"address": address, "areas": areas, "topics": chosen, "challenge": answer.challenge_id}
    put_note(request, response, ASKED, note)
    raise response


async def show_proof(request: web.Request) -> web.StreamResponse:
    """Where the password is typed."""
    return _proof(request, _asked(request))


async def take_proof(request: web.Request) -> web.StreamResponse:
    """Right: from now on notices go there."""
    asked, typed = _asked(request), str((await request.post()).get("otp", ""))
    deployment = request.app[DEPLOYMENT]
    to = sender_for(deployment.channels, asked["address"])
    if to is None or not await deployment.proving.check(asked["challenge"], typed, purpose=_PURPOSE):
        return _proof(request, asked, {"otp": REFUSED_VI}, status=422)
    readers = readers_of(deployment)
    reader = await readers.keep(to, Wish(tuple(asked["areas"]), tuple(asked["topics"])))
    response = see_other(f"{ENDING}/{await readers.link_of(reader)}")
    cookies.drop(request, response, name=ASKED)
    return response


async def show_reader(request: web.Request) -> web.StreamResponse:
    """What is sent, and the way to end it; the address itself is not shown to whoever holds the link."""
    row = await readers_of(request.app[DEPLOYMENT]).find(await _reader(request))
    wish, known = (wish_of(row), _topics(request)) if row else (Wish(), {})
    shown: dict[str, Any] = {"areas": wish.areas, "topics": [known.get(one, one) for one in wish.topics]}
    page = render(
        request,
        "portal/notice_reader.html",
        reads=row is not None,
        ending=ENDING,
        link=request.match_info["link"],
        **shown,
    )
    return private(page)


async def end_reader(request: web.Request) -> web.StreamResponse:
    """Nothing more is sent; also by a mail program's own button, which opens no page of ours (RFC 8058)."""
    await readers_of(request.app[DEPLOYMENT]).end(await _reader(request))
    return see_other(f"{ENDING}/{request.match_info['link']}")


async def _reader(request: web.Request) -> str:
    reader = await readers_of(request.app[DEPLOYMENT]).reader_of(request.match_info["link"])
    if not reader:
        raise web.HTTPNotFound
    return reader


def _address(typed: str) -> tuple[str, str]:
    """(number in E.164 or mail address, what is wrong)."""
    if "@" in typed:
        return (normal_email(typed), "") if kind_of_address(typed) == "email" else ("", NO_ADDRESS)
    number = phones.normalise(typed)
    return (number, "") if number is not None else ("", NO_ADDRESS)


def _asked(request: web.Request) -> dict[str, Any]:
    note = read_note(request, ASKED, longest=ASKED_TIME)
    if note is None:
        raise web.HTTPSeeOther(PAGE)
    return dict(note.values)


def _topics(request: web.Request) -> dict[str, str]:
    return topics(request.app[DEPLOYMENT].regulation.current)


def _line(value: object) -> str:
    return " ".join(value.split())[:_LONGEST] if isinstance(value, str) else ""


def _form(
    request: web.Request,
    errors: dict[str, str],
    *,
    typed: dict[str, str] | None = None,
    chosen: list[str] | None = None,
    status: int = 200,
) -> web.Response:
    reached = kinds_reached(request.app[DEPLOYMENT].channels)
    shown: dict[str, Any] = {
        "errors": errors,
        "typed": typed or {},
        "chosen": chosen or [],
        "topics": _topics(request),
        "reached": reached,
        "chats": [CHANNELS[name] for name in chats_reached(request.app[DEPLOYMENT].channels)],
    }
    return private(render(request, "portal/notice_form.html", status=status, **shown))


def _proof(
    request: web.Request, asked: dict[str, Any], errors: dict[str, str] | None = None, *, status: int = 200
) -> web.Response:
    shown = Way(sender).shown if (sender := sender_for(request.app[DEPLOYMENT].channels, asked["address"])) else ""
    return private(render(request, "portal/notice_proof.html", status=status, errors=errors or {}, address=shown))


def mount(router: web.UrlDispatcher) -> None:
    """Their addresses."""
    router.add_get(PAGE, show_form)
    router.add_post(PAGE, take_form)
    router.add_get(PROOF, show_proof)
    router.add_post(PROOF, take_proof)
    router.add_get(f"{ENDING}/{{link:{LINK}}}", show_reader)
    router.add_post(f"{ENDING}/{{link:{LINK}}}", end_reader)
