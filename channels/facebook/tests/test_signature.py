"""What proves the provider to us and us to the provider: the published vectors, and everything close to them."""

from __future__ import annotations

import json

import pytest

from channels.facebook.sandbox_state import signature
from channels.facebook.signature import appsecret_proof, challenge, verify
from channels.facebook.tests.builders import SECRET, VERIFY, channel
from core.contract.errors import SignatureInvalid

BODY = (
    rb'{"object":"page","entry":[{"id":"1111","time":1790000000123,"messaging":[{"sender":{"id":"2222"},"recipient":'
    rb'{"id":"1111"},"timestamp":1790000000100,"message":{"mid":"m_abc","text":"Ch\u00e0o shop"}}]}]}'
)
VECTOR = "sha256=7d045ceb5d4808c75a8f0555f8eefda0e13e4fc337f4cd1d54f5adced11a6510"
SECRETS = (SECRET.encode(),)


def test_the_vector_is_accepted() -> None:
    assert len(BODY) == 203
    verify(BODY, header=VECTOR, secrets=SECRETS)


def test_the_sandbox_signs_the_same() -> None:
    assert signature(BODY, SECRET) == VECTOR


def test_written_anew_it_is_another_body() -> None:
    """The letters are escaped on the wire: decoded, the signature is another one."""
    anew = json.dumps(json.loads(BODY), ensure_ascii=False, separators=(",", ":")).encode()

    assert signature(anew, SECRET).startswith("sha256=6cdfac12")
    with pytest.raises(SignatureInvalid):
        verify(anew, header=VECTOR, secrets=SECRETS)


@pytest.mark.parametrize(
    "header",
    ["", VECTOR.removeprefix("sha256="), VECTOR[:-1] + "1", "sha1=" + VECTOR[7:], "sha256=", "đ", VECTOR.upper()],
)
def test_anything_else_is_refused(header: str) -> None:
    with pytest.raises(SignatureInvalid):
        verify(BODY, header=header, secrets=SECRETS)


def test_the_old_secret_counts_while_it_is_reset() -> None:
    verify(BODY, header=VECTOR, secrets=(b"the new secret of the app", *SECRETS))


def test_the_proof_of_a_token() -> None:
    """The published vector."""
    proof = appsecret_proof("token-for-tests", secret=b"app-secret-for-tests")

    assert proof == "afcbcbc14bb2320bf0bcc5e1178d0e903f8321bd8d60dd54cef0975eac02de9c"


def test_the_challenge_is_answered_with_nothing_but_it() -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158201444"}

    assert channel().greet(query) == "1158201444"


@pytest.mark.parametrize(
    "change",
    [
        {"hub.verify_token": "guessed"},
        {"hub.verify_token": ""},
        {"hub.mode": "unsubscribe"},
        {"hub.challenge": ""},
        {"hub.challenge": "<script>"},
    ],
)
def test_nobody_else_gets_an_answer(change: dict[str, str]) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158201444"} | change

    with pytest.raises(SignatureInvalid):
        challenge(query, token=VERIFY)
