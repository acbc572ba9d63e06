"""The partner's side of the contract suite."""

from __future__ import annotations

from channels.partner.adapter import ACCOUNT, CHANNEL, SIGNATURE, PartnerChannel
from tests.contract.subject import Subject
from tests.support.own import SECRET, own_subject


def subject() -> Subject:
    """The partner channel under contract."""
    return own_subject(CHANNEL, lambda: PartnerChannel(secret=SECRET), account=ACCOUNT, header=SIGNATURE)
