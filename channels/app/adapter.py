"""
The side of a province's own app: what it sends on its door (`/api/v1/app/…`), and what it reads there again.

A province may have several apps; `account` is the name of the one that a report came by.
"""

from __future__ import annotations

from channels.own import OwnChannel

CHANNEL = "app"
ACCOUNT = "app"
SIGNATURE = "X-App-Signature"


class AppChannel(OwnChannel):
    """Apps as a channel: an app shows the conversation to whoever opened the report in it."""

    name: str = CHANNEL
    account: str = ACCOUNT
    signature: str = SIGNATURE
    works: str = "Cửa nhận của ứng dụng đang hoạt động."
