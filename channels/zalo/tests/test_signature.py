"""The signature of events, PKCE and the proof of calls: known vectors first, then everything that must fail."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from channels.zalo.signature import challenge_of, check_signature, mac_of, proof_of
from core.contract.errors import SignatureInvalid

APP = "3600000000000000001"
SECRET = "oa-secret-for-tests"
BODY = (
    '{"app_id":"3600000000000000001","user_id_by_app":"5500000000000000002","event_name":"user_send_text",'
    '"timestamp":"1790000000123","sender":{"id":"2460000000000000003"},"recipient":{"id":"3880000000000000004"},'
    '"message":{"msg_id":"96d3cdf3af1504609","text":"Chào shop, còn hàng không?"}}'
).encode()
MAC = "14de9b3c0705dc75ef554d6620f96d9180befbd8060fe1328dffd678ad1c50dc"


def check(body: bytes = BODY, given: str = f"mac={MAC}", secrets: tuple[str, ...] = (SECRET,)) -> None:
    """As the channel does."""
    check_signature(body, given, app_id=APP, secrets=secrets)


def test_the_known_event_verifies() -> None:
    """The vector of 289 bytes."""
    assert len(BODY) == 289
    assert mac_of(BODY, timestamp="1790000000123", app_id=APP, secret=SECRET) == MAC
    check()


@pytest.mark.parametrize("given", [MAC, f"mac={MAC}", f" mac={MAC.upper()} "])
def test_spellings_of_the_header(given: str) -> None:
    """With and without its prefix, in any case."""
    check(given=given)


def test_both_secrets_count_while_one_is_being_reset() -> None:
    """The new one and the old one."""
    check(secrets=("a-new-secret", SECRET))
    check(secrets=(SECRET, "an-old-secret"))


@pytest.mark.parametrize(
    "case",
    [
        {"given": ""},
        {"given": "mac="},
        {"given": "mac=" + "0" * 64},
        {"given": "mac=á\udcff"},
        {"secrets": ("another secret",)},
        {"secrets": ()},
        {"body": BODY.replace(b"shop", b"shoP")},
        {"body": json.dumps(json.loads(BODY)).encode()},
        {"body": BODY.replace(b'"timestamp":"1790000000123"', b'"timestamp":"1790000000124"')},
        {"body": b""},
        {"body": b"[]"},
        {"body": b"{}"},
        {"body": b'"timestamp"'},
        {"body": b"\xff\xfe"},
        {"body": b"[" * 100_000},
    ],
    ids=[
        "none",
        "empty",
        "wrong",
        "not ASCII",
        "another secret",
        "no secret",
        "an altered byte",
        "written anew",
        "another time",
        "nothing",
        "a list",
        "no time",
        "a string",
        "not UTF-8",
        "nested madly",
    ],
)
def test_everything_else_is_refused(case: Mapping[str, object]) -> None:
    """With one and the same error, which repeats nothing of what came."""
    with pytest.raises(SignatureInvalid) as refusal:
        check(**case)  # type: ignore[arg-type]

    assert "shop" not in str(refusal.value)


def test_pkce() -> None:
    """The known vector."""
    verifier = "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0U1v"

    assert challenge_of(verifier) == "gqtGEuI80pbvSSQ2uklPFwnc6faB040AiX9PdLYlfNw"


def test_the_proof_of_a_call() -> None:
    """The known vector."""
    expected = "afcbcbc14bb2320bf0bcc5e1178d0e903f8321bd8d60dd54cef0975eac02de9c"

    assert proof_of("token-for-tests", app_secret="app-secret-for-tests") == expected
