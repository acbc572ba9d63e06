"""An official grants us the official account, at a provider that always agrees."""

from __future__ import annotations

import secrets

import aiohttp
from yarl import URL

from core.contract.ports import NeedsGrant


async def grant(channel: NeedsGrant) -> None:
    """The whole way through OAuth."""
    verifier = secrets.token_urlsafe(32)
    link = channel.grant_link(state="state", verifier=verifier)
    async with aiohttp.ClientSession() as session, session.get(link, allow_redirects=False) as answer:
        back = URL(answer.headers["Location"]).query
    await channel.redeem(dict(back), verifier=verifier)
