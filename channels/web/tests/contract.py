"""The portal's side of the contract suite."""

from __future__ import annotations

from channels.web.adapter import ACCOUNT, CHANNEL, SIGNATURE, WebChannel
from tests.contract.subject import Subject
from tests.support.own import SECRET, own_subject


def subject() -> Subject:
    """The web channel under contract."""
    return own_subject(CHANNEL, lambda: WebChannel(secret=SECRET), account=ACCOUNT, header=SIGNATURE)
