"""Readers of notices in this deployment: who is kept, what writes to them, and the page that each letter names."""

from __future__ import annotations

from core.service.notice_letters import NoticeLetters, Office
from core.service.notice_readers import NoticeReaders
from gateway.deployment import Deployment

ENDING = "/thong-bao/dung-nhan"
"""Before a reader's link; whoever holds that may end it, in a mail program's own way as well (RFC 8058)."""

NOTICES = "/thong-bao"
"""Where everybody reads them."""


def readers_of(deployment: Deployment) -> NoticeReaders:
    """Who is kept."""
    return NoticeReaders(deployment.database, safe=deployment.safe, now=deployment.now)


def notice_letters_of(deployment: Deployment) -> NoticeLetters:
    """What writes to them."""
    settings = deployment.settings
    return NoticeLetters(
        deployment.database,
        safe=deployment.safe,
        office=Office(settings.office, f"{settings.public_url}{ENDING}", f"{settings.public_url}{NOTICES}"),
        now=deployment.now,
        quiet=deployment.clerk.house.quiet,
    )
