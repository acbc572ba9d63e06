"""The proof that a webhook is Telegram's: the secret that we gave with `setWebhook`, word for word."""

from __future__ import annotations

from channels.base import same
from core.contract.errors import SignatureInvalid
from core.contract.ports import RawDelivery

HEADER = "x-telegram-bot-api-secret-token"


def check(delivery: RawDelivery, *, secret: str) -> None:
    """Compare in constant time. Raises SignatureInvalid, which repeats nothing of what came."""
    if not same(delivery.headers.get(HEADER, ""), secret):
        raise SignatureInvalid("wrong or no secret token")
