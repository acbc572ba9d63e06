"""The gateway runs on uvloop, whose transports are not asyncio's: the tests that lean on them, there."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import uvloop

from channels.email.tests import test_lmtp, test_receiving, test_sessions, test_tls
from channels.email.tests.builders import Store

ON_BOTH_LOOPS = [
    test_receiving.test_a_mail_is_stored_with_its_envelope,
    test_receiving.test_the_standard_librarys_client_is_served,
    test_receiving.test_too_large_is_refused_before_and_after,
    test_sessions.test_too_many_sessions_are_asked_to_wait,
    test_sessions.test_a_stop_waits_for_the_mail_in_hand,
    test_sessions.test_a_stop_does_not_wait_for_ever,
    test_lmtp.test_lmtp_answers_once_per_recipient,
]


@pytest.mark.parametrize("body", ON_BOTH_LOOPS, ids=lambda body: body.__name__.removeprefix("test_"))
def test_on_uvloop(body: Callable[..., Coroutine[Any, Any, None]]) -> None:
    """The same, on the other loop."""
    takes_a_store = "store" in inspect.signature(body).parameters
    uvloop.run(body(Store()) if takes_a_store else body())


def test_a_session_can_be_encrypted_on_uvloop(certificate: tuple[str, str]) -> None:
    """STARTTLS leans on private parts of asyncio."""
    uvloop.run(test_tls.test_a_session_can_be_encrypted(Store(), certificate))
    uvloop.run(test_tls.test_a_stop_in_the_middle_of_a_handshake(Store(), certificate))
