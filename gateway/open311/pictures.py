"""
A picture that a request only says the address of.

It is fetched while the request is taken, from the hosts that the deployment names and nowhere else (SSRF); one that
cannot be had keeps no report out: its address stands in the words.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import structlog
from aiohttp import web
from yarl import URL

from channels.base import safe_name
from channels.http import ProviderHttp
from core.contract.errors import SendError
from core.contract.schema import Attachment
from core.privacy.errors import MediaRefused
from core.privacy.media import FileMediaStore
from core.privacy.media_types import MediaLimits
from gateway.deployment import DEPLOYMENT
from gateway.settings.open311 import Open311

PATIENCE = 8.0
"""Seconds: whoever sends waits for it."""

log = structlog.get_logger()


class Pictures:
    """Fetches them for the life of the application."""

    def __init__(self, settings: Open311) -> None:
        self._http = ProviderHttp(settings.sandbox or "https://open311.invalid", timeout=PATIENCE, connections=8)
        self._hosts = frozenset(settings.media_hosts)

    async def bring(self, url: str, subject_id: str, *, media: FileMediaStore) -> tuple[Attachment, ...]:
        """The picture, stored for this contact; nothing where it cannot be had or is none."""
        try:
            data = await self._http.download(url, hosts=self._hosts, most=MediaLimits().image)
            name = safe_name(URL(url).name)
            return (await media.put_file(data, subject_id=subject_id, name=name),)
        except (SendError, MediaRefused) as error:
            log.info("open311_picture_not_had", reason=error.code)
        except Exception as error:  # keys or disk, whatever ails them: what was written must not be lost for it
            log.exception("open311_picture_not_stored", error=type(error).__name__)
        return ()

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.close()


PICTURES = web.AppKey("open311_pictures", Pictures)


async def open_pictures(app: web.Application) -> AsyncIterator[None]:
    """For `app.cleanup_ctx`."""
    app[PICTURES] = Pictures(app[DEPLOYMENT].settings.open311)
    yield
    await app[PICTURES].close()
