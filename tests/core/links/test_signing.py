"""Who speaks is proved by a secret, a time and an id; nothing that was altered, or is old, passes."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.service.links.signing import FRESH, SecretInvalid, judged, key_of, new_secret, of_request, signature

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
SECRET, OTHER = new_secret(), new_secret()


def verdict(mark: str, *, secrets: tuple[str, ...] = (SECRET,), body: bytes = b"{}", at: datetime = NOW) -> str:
    """What is said of a mark that was made at NOW, looked at then."""
    stamp = str(int(NOW.timestamp()))
    return judged(secrets, message_id="id-00001", timestamp=stamp, given=mark, body=body, now=at)


def marked(*secrets: str, body: bytes = b"{}") -> str:
    return signature(secrets, message_id="id-00001", at=NOW, body=body)


def test_the_example_of_standard_webhooks() -> None:
    """Checked against the specification's own libraries once; a receiver's library must find the same."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    at = datetime.fromtimestamp(1614265330, UTC)
    mark = signature([secret], message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", at=at, body=b'{"test": 2432232314}')
    assert mark == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_any_secret_in_force_will_do_on_either_side() -> None:
    """While one is changed, both know both, or each another one first."""
    assert verdict(marked(SECRET, OTHER), secrets=(OTHER,)) == ""
    assert verdict(marked(OTHER), secrets=(SECRET, OTHER)) == ""
    assert verdict(marked(OTHER)) == "forged"


@pytest.mark.parametrize("mark", ["", "v1,", "v1", "v1,AAAA", "v2,é", "v1,\udcff", " ".join(["v1,AAAA"] * 9)])
def test_nonsense_is_forged(mark: str) -> None:
    """And breaks nothing."""
    assert verdict(mark) == "forged"


@pytest.mark.parametrize("stamp", ["", "-5", "1e9", "٣", "9" * 12, "1614265330.0"])
def test_a_time_is_digits(stamp: str) -> None:
    """Nothing else is looked at."""
    assert judged((SECRET,), message_id="i", timestamp=stamp, given="v1,x", body=b"", now=NOW) == "forged"


@given(st.integers(-900, 900))
def test_five_minutes_either_way_and_not_a_second_more(seconds: int) -> None:
    """Only what is proved is called stale."""
    expected = "" if abs(seconds) <= FRESH.total_seconds() else "stale"
    assert verdict(marked(SECRET), at=NOW + timedelta(seconds=seconds)) == expected
    assert verdict(marked(OTHER), at=NOW + timedelta(seconds=seconds)) == "forged"


@given(st.binary(max_size=64), st.binary(max_size=64))
def test_another_body_is_forged(body: bytes, other: bytes) -> None:
    assert verdict(marked(SECRET, body=body), body=other) == ("" if body == other else "forged")


def test_method_and_address_are_signed_with_the_body() -> None:
    """What was signed for one thing opens no other."""
    asked = {of_request(*one, b"{}") for one in (("GET", "/a"), ("POST", "/a"), ("GET", "/a?b"), ("GET", "/a/b"))}
    assert len(asked) == 4


@pytest.mark.parametrize(
    "written", ["", "whsec_", "whsec_AAAA", "whsec_" + "é" * 40, "sec_" + base64.b64encode(b"x" * 32).decode()]
)
def test_what_is_no_secret_is_refused(written: str) -> None:
    """Too short, not base64, without its prefix."""
    with pytest.raises(SecretInvalid):
        key_of(written)
