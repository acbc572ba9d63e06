"""
`/console/ket-noi`: channels that an administrator connects at the provider, and where the provider sends him back to.

What comes back counts once, within ten minutes, and only for the administrator who began it: otherwise somebody could
have us speak for an account of his own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import structlog
from aiohttp import web

from core.contract.errors import ChannelMisconfigured, GatewayError, NeedsReauth, PayloadInvalid, SendError
from core.contract.ports import NeedsGrant, Tokens
from core.service.actors import ADMIN
from core.service.provider_tokens import GrantRefused, Grants
from core.service.reading.names import WAYS
from gateway.auth import require_staff, staff_of
from gateway.auth.targets import see_other
from gateway.console.shared import show
from gateway.deployment import DEPLOYMENT, Deployment
from gateway.quotas import quotas_of

PAGE = "/console/ket-noi"
CALLBACK = "/oauth/{channel}/callback"
_SENTENCES: Mapping[type[GatewayError], str] = MappingProxyType(
    {
        GrantRefused: GrantRefused.vi,
        PayloadInvalid: "Nhà cung cấp không trả về mã kết nối: có thể anh/chị đã bấm từ chối.",
        NeedsReauth: "Nhà cung cấp không chấp nhận mã kết nối. Vui lòng kết nối lại từ đầu.",
        ChannelMisconfigured: "Tài khoản được chọn không phải là tài khoản đã cấu hình cho kênh này.",
        SendError: "Chưa liên lạc được với nhà cung cấp. Vui lòng kết nối lại sau ít phút.",
    }
)
"""What went wrong, the more special first."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Line:
    """One channel on the page. `link`: where to go on to, once it was begun."""

    name: str
    label: str
    account: str
    tokens: Tokens | None
    link: str = ""


def channels_of(deployment: Deployment) -> Mapping[str, NeedsGrant]:
    """Every channel that an official connects."""
    return {name: one for name, one in deployment.channels.items() if isinstance(one, NeedsGrant)}


def mount(router: web.UrlDispatcher) -> None:
    """Three addresses."""
    router.add_get(PAGE, show_page)
    router.add_post(f"{PAGE}/{{channel:[a-z]{{1,32}}}}", begin)
    router.add_get(CALLBACK, come_back)


@require_staff(ADMIN)
async def show_page(request: web.Request) -> web.StreamResponse:
    """How each of them stands."""
    return await _page(request)


@require_staff(ADMIN)
async def begin(request: web.Request) -> web.StreamResponse:
    """The link to the provider: a form of ours may not lead away from our pages by itself."""
    name = request.match_info["channel"]
    channel = _channel(request)
    state, verifier = await _grants(request).begin(name, user_id=staff_of(request).id)
    return await _page(request, links={name: channel.grant_link(state=state, verifier=verifier)})


@require_staff(ADMIN)
async def come_back(request: web.Request) -> web.StreamResponse:
    """The provider sends the administrator back, with a code or without."""
    name, by = request.match_info["channel"], staff_of(request).id
    channel = _channel(request)
    try:
        verifier = await _grants(request).end(name, state=request.query.get("state", ""), user_id=by)
        await channel.redeem(request.query, verifier=verifier)
    except (GrantRefused, PayloadInvalid, SendError) as error:
        log.warning("channel_not_connected", channel=name, user=by, error=error.code)
        problem = next(words for kind, words in _SENTENCES.items() if isinstance(error, kind))
        return await _page(request, problem=problem, status=409)
    log.info("channel_connected", channel=name, user=by)
    return see_other(f"{PAGE}?xong=ket-noi")


def _channel(request: web.Request) -> NeedsGrant:
    channel = channels_of(request.app[DEPLOYMENT]).get(request.match_info["channel"])
    if channel is None:
        raise web.HTTPNotFound
    return channel


def _grants(request: web.Request) -> Grants:
    deployment = request.app[DEPLOYMENT]
    return Grants(deployment.database, safe=deployment.safe, now=deployment.now)


async def _page(
    request: web.Request, *, links: Mapping[str, str] | None = None, problem: str = "", status: int = 200
) -> web.StreamResponse:
    found = channels_of(request.app[DEPLOYMENT])
    lines = [
        Line(name, one.label, one.account, await one.tokens(), (links or {}).get(name, ""))
        for name, one in found.items()
    ]
    quotas = await quotas_of(request.app[DEPLOYMENT])
    return show(request, "connecting.html", status=status, lines=lines, quotas=quotas, channels=WAYS, problem=problem)
