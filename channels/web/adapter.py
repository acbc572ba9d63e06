"""The portal's side of the contract: what a citizen sends on our pages, and what our pages already show."""

from __future__ import annotations

from channels.own import OwnChannel

CHANNEL = "web"
ACCOUNT = "portal"
SIGNATURE = "X-Portal-Signature"


class WebChannel(OwnChannel):
    """The web as a channel: a page shows the conversation to whoever holds code and PIN."""

    name: str = CHANNEL
    account: str = ACCOUNT
    signature: str = SIGNATURE
    works: str = "Trang tiếp nhận đang hoạt động."
