"""The secret token, word for word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from channels.telegram.signature import HEADER
from channels.telegram.tests.builders import SECRET, channel, delivery, said
from core.contract.errors import SignatureInvalid


def test_the_right_secret_is_enough() -> None:
    channel().verify(delivery(said("x")))


@pytest.mark.parametrize("shown", ["", SECRET[:-1], SECRET + "x", SECRET.upper(), "mật", "\udcff"])
def test_any_other_is_refused(shown: str) -> None:
    with pytest.raises(SignatureInvalid):
        channel().verify(replace(delivery(said("x")), headers={HEADER: shown}))
