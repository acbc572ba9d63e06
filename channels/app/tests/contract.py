"""The app's side of the contract suite."""

from __future__ import annotations

from channels.app.adapter import ACCOUNT, CHANNEL, SIGNATURE, AppChannel
from tests.contract.subject import Subject
from tests.support.own import SECRET, own_subject


def subject() -> Subject:
    """The app channel under contract."""
    return own_subject(CHANNEL, lambda: AppChannel(secret=SECRET), account=ACCOUNT, header=SIGNATURE)
