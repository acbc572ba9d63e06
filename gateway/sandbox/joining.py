"""Connects the gateway with providers that have just begun to be played, as an administrator would."""

from __future__ import annotations

from functools import partial

import aiohttp
import structlog
from yarl import URL

from core.contract.errors import GatewayError
from core.contract.ports import NeedsGrant, RegistersHook
from core.service.actors import ADMIN
from core.service.provider_tokens import Grants
from core.storage import people
from gateway.deployment import Deployment

log = structlog.get_logger()


async def join_providers(deployment: Deployment, names: tuple[str, ...]) -> None:
    """Grant what must be granted, register what must be registered; trouble with one does not stop the others."""
    for name in names:
        channel: object = deployment.channels.get(name)
        try:
            if isinstance(channel, NeedsGrant):
                await _grant(deployment, name, channel)
            elif isinstance(channel, RegistersHook):
                await channel.register_hook()
        except (GatewayError, aiohttp.ClientError) as error:
            log.warning("sandbox_not_joined", channel=name, error=type(error).__name__)


async def _grant(deployment: Deployment, name: str, channel: NeedsGrant) -> None:
    """The whole way through OAuth that an administrator goes in the console, with a provider that always agrees."""
    admin = await deployment.database.read(partial(people.user_by_login, login=ADMIN))
    if admin is None:
        return
    grants = Grants(deployment.database, safe=deployment.safe, now=deployment.now)
    state, verifier = await grants.begin(name, user_id=admin.id)
    link = channel.grant_link(state=state, verifier=verifier)
    async with aiohttp.ClientSession() as session, session.get(link, allow_redirects=False) as answer:
        back = URL(answer.headers.get("Location", "")).query
    verifier = await grants.end(name, state=back.get("state", ""), user_id=admin.id)
    await channel.redeem(dict(back), verifier=verifier)
