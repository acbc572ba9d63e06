"""Twilio's signatures, against the published validator."""

from __future__ import annotations

from hashlib import sha256
from urllib.parse import urlencode

import pytest
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from channels.sms.tests.builders import (
    HOOKS,
    NOON,
    SECRETS,
    channel,
)
from channels.twilio import HEADER, check, compute
from core.contract.errors import (
    SignatureInvalid,
)
from core.contract.ports import RawDelivery

TOKEN = SECRETS.auth_token
FIELDS = {
    "AccountSid": SECRETS.account_sid,
    "Body": "Xin chào",
    "From": "+15005550006",
    "MessageSid": "SM00000000000000000000000000000001",
    "NumMedia": "0",
    "To": "+15005550009",
}


def delivery(fields: dict[str, str], signature: str, *, query: str = "") -> RawDelivery:
    body = urlencode(fields).encode()
    return RawDelivery("sms", "+15005550009", body, {HEADER: signature}, query=query, received_at=NOON)


def test_the_vector() -> None:
    """Known good, also in the published validator."""
    url = "https://gw.example.vn/hooks/twilio/sms?t=a%20b"
    expected = "Zu0ldnY4OWOVFR+96NQAhz6+SzQ="

    assert compute(TOKEN, url, {name: [value] for name, value in FIELDS.items()}) == expected
    assert RequestValidator(TOKEN).validate(url, FIELDS, expected)


@pytest.mark.parametrize(
    "url",
    [
        "https://gw.example.vn/hooks/sms/twilio",
        "https://gw.example.vn:443/hooks/sms/twilio",
        "https://gw.example.vn:8443/hooks/sms/twilio?a=%20&b=c%2Fd",
        "http://gw.example.vn/hooks/sms/twilio?x=1",
        "http://gw.example.vn:80/a",
    ],
)
@pytest.mark.parametrize(
    "fields",
    [
        {"Body": ["Xin chào 👋"], "AccountSid": ["AC1"]},
        {"Body": [""], "Empty": [""], "a": ["1"], "B": ["2"]},
        {"Twice": ["b", "a", "b"], "Body": ["x"]},
    ],
)
def test_signatures_are_those_of_the_published_validator(url: str, fields: dict[str, list[str]]) -> None:
    """Either port spelling, empty and repeated fields, letters outside ASCII."""
    validator = RequestValidator(TOKEN)
    given = MultiDict([(name, value) for name, values in fields.items() for value in values])
    signature = validator.compute_signature(url, given)

    assert compute(TOKEN, url, fields) == signature
    check(signature, url=url, body=b"", fields=fields, tokens=[TOKEN])
    assert validator.validate(url, given, compute(TOKEN, url, fields))


def test_a_port_that_goes_without_saying_may_be_signed_or_not() -> None:
    """Twilio does both."""
    bare, full = "https://gw.example.vn/x", "https://gw.example.vn:443/x"

    check(compute(TOKEN, full, {}), url=bare, body=b"", fields={}, tokens=[TOKEN])
    check(compute(TOKEN, bare, {}), url=full, body=b"", fields={}, tokens=[TOKEN])
    with pytest.raises(SignatureInvalid):
        check(compute(TOKEN, "https://gw.example.vn:8443/x", {}), url=bare, body=b"", fields={}, tokens=[TOKEN])


def test_a_json_hook_is_signed_by_the_digest_in_its_query() -> None:
    """As the validator has it; another body is refused."""
    body = '{"a": "đ"}'
    url = f"https://gw.example.vn/x?bodySHA256={sha256(body.encode()).hexdigest()}"
    signature = RequestValidator(TOKEN).compute_signature(url, {})

    assert RequestValidator(TOKEN).validate(url, body, signature)
    check(signature, url=url, body=body.encode(), fields={"{": [""]}, tokens=[TOKEN])
    with pytest.raises(SignatureInvalid):
        check(signature, url=url, body=b"{}", fields={}, tokens=[TOKEN])


def test_the_address_is_the_public_one_whatever_the_request_says_of_itself() -> None:
    """Behind a proxy scheme and host are others; the query counts as it was written."""
    signature = compute(TOKEN, f"{HOOKS['twilio']}?t=a%20b", {name: [value] for name, value in FIELDS.items()})

    channel("twilio").verify(delivery(FIELDS, signature, query="t=a%20b"))
    with pytest.raises(SignatureInvalid):
        channel("twilio").verify(delivery(FIELDS, signature, query="t=a b"))


def test_both_tokens_count_while_one_is_being_changed() -> None:
    """Afterwards only the new one."""
    old = compute("the-old-token", HOOKS["twilio"], {name: [value] for name, value in FIELDS.items()})

    channel("twilio", old_auth_token="the-old-token").verify(delivery(FIELDS, old))
    with pytest.raises(SignatureInvalid):
        channel("twilio").verify(delivery(FIELDS, old))


@pytest.mark.parametrize("signature", ["", "đ", "AAAA", compute("wrong", HOOKS["twilio"], {})])
def test_a_forged_signature_is_refused(signature: str) -> None:
    """Whatever stands in the header."""
    with pytest.raises(SignatureInvalid):
        channel("twilio").verify(delivery(FIELDS, signature))


def test_another_account_with_our_token_is_refused() -> None:
    """A subaccount's traffic is not ours."""
    fields = FIELDS | {"AccountSid": "AC00000000000000000000000000000002"}
    signature = compute(TOKEN, HOOKS["twilio"], {name: [value] for name, value in fields.items()})
    with pytest.raises(SignatureInvalid):
        channel("twilio").verify(delivery(fields, signature))
