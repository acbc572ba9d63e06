"""`/console/lien-thong`: other systems that are told of cases or act for their agency, and what waits for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from aiohttp import web

from core.contract.errors import ConfigError
from core.service.actors import ADMIN
from core.service.links.book import Link
from core.service.links.news import WEBHOOKS
from core.storage import links
from core.storage.links import Lane
from gateway.admin.actions import links as acts
from gateway.admin.actions.outbox import replay
from gateway.auth import require_staff
from gateway.auth.targets import see_other
from gateway.console.shared import line_of, show
from gateway.deployment import DEPLOYMENT, Deployment

PAGE = "/console/lien-thong"
KINDS = MappingProxyType(
    {"webhook": "Chỉ nhận tin", "agency": "Phần mềm của cơ quan", "peer": "Hệ thống Lắng Nghe khác"}
)
_WRONG = MappingProxyType(
    {
        "name": "Tên phải là chữ thường không dấu, số và gạch nối, và chưa từng dùng.",
        "url": "Địa chỉ phải là https và nằm ngoài mạng nội bộ, trừ mạng đã khai báo ở cấu hình.",
        "agency": "Cần chọn cơ quan đang hoạt động và vai trò.",
        "role": "Quy chế không có vai trò này.",
        "event": "Không có loại tin này.",
        "known-as": "Cần ghi tên mà hệ thống kia gọi chúng ta.",
        "secret": "Khóa phải bắt đầu bằng whsec_ và đủ dài.",
    }
)


@dataclass(frozen=True)
class Line:
    """One link on the page, and how its lane stands."""

    link: Link
    lane: Lane
    agency: str


def mount(router: web.UrlDispatcher) -> None:
    """One page, two forms."""
    router.add_get(PAGE, show_page)
    router.add_post(PAGE, act)
    router.add_post(f"{PAGE}/moi", begin)


@require_staff(ADMIN)
async def show_page(request: web.Request) -> web.StreamResponse:
    """Every link there is or was."""
    return await _page(request)


@require_staff(ADMIN)
async def begin(request: web.Request) -> web.StreamResponse:
    """A new link; its secret is shown once."""
    form = await request.post()
    given = {name: line_of(form.get(name)) for name in ("name", "label", "kind", "url", "agency", "known_as", "secret")}
    many = {name: [line_of(one) for one in form.getall(name, [])] for name in ("roles", "events")}
    try:
        made = await acts.add_link(request.app[DEPLOYMENT], {**given, **many})
    except ConfigError as error:
        return await _page(request, status=422, problem=_sentence(error), given={**given, **many})
    return await _page(request, secret=made)


@require_staff(ADMIN)
async def act(request: web.Request) -> web.StreamResponse:
    """Try it, have everything sent again that failed, give it another secret, or end it."""
    form, deployment = await request.post(), request.app[DEPLOYMENT]
    name, wanted = line_of(form.get("ten")), line_of(form.get("viec"))
    try:
        if wanted == "doi-khoa":
            return await _page(request, secret=await acts.rotate_link(deployment, {"name": name}))
        done = _ACTS.get(wanted)
        if done is None:
            raise web.HTTPBadRequest
        await done(deployment, name)
    except ConfigError as error:
        return await _page(request, status=409, problem=_sentence(error))
    return see_other(f"{PAGE}?xong={wanted}")


async def _try(deployment: Deployment, name: str) -> None:
    await acts.test_link(deployment, {"name": name})


async def _send_again(deployment: Deployment, name: str) -> None:
    if (link := await deployment.clerk.links.find(name)) is None:
        raise ConfigError("name", f"no link {name}")
    await replay(deployment, {"channel": link.lane})


async def _end(deployment: Deployment, name: str) -> None:
    await acts.end_link(deployment, {"name": name})


_ACTS: Mapping[str, Callable[[Deployment, str], Awaitable[None]]] = MappingProxyType(
    {"thu-lien-thong": _try, "gui-lai": _send_again, "het-lien-thong": _end}
)


def _sentence(error: ConfigError) -> str:
    return _WRONG.get(error.key, "Thông tin chưa hợp lệ.")


async def _page(
    request: web.Request,
    *,
    status: int = 200,
    problem: str = "",
    secret: Mapping[str, str] | None = None,
    given: Mapping[str, Any] | None = None,
) -> web.Response:
    deployment = request.app[DEPLOYMENT]
    lanes, tree = await deployment.database.read(links.lanes), deployment.regulation.agencies
    lines = [
        Line(one, lanes.get(one.lane, links.EMPTY), tree.name(one.agency) if one.agency else "")
        for one in await deployment.clerk.links.all()
    ]
    roles = {key: role.label for key, role in deployment.regulation.current.roles.items() if role.level == "agency"}
    return show(
        request,
        "links.html",
        status=status,
        lines=lines,
        kinds=KINDS,
        agencies=sorted(((one.id, one.name) for one in tree.search("")), key=lambda pair: pair[1]),
        roles=roles,
        events={name: label for name, (_, label) in WEBHOOKS.items() if name.startswith(("case.", "dispatch."))},
        problem=problem,
        secret=secret,
        given=given or {},
    )
