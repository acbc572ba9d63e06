"""
Our side of another deployment: what it handed over, taken at the API (`gateway/links`) and signed by us like a form.

`account` is the name of the link. What becomes of the case goes back along the link, not through the conversation.
"""

from __future__ import annotations

from channels.own import OwnChannel

CHANNEL = "partner"
ACCOUNT = "partner"
SIGNATURE = "X-Partner-Signature"


class PartnerChannel(OwnChannel):
    """Partners as a channel: the reporter is a person of theirs, whom they tell."""

    name: str = CHANNEL
    account: str = ACCOUNT
    signature: str = SIGNATURE
    works: str = "Cửa nhận hồ sơ liên thông đang hoạt động."
