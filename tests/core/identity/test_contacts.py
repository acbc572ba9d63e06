"""Asserted, verified, linked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.identity.contacts import Identity, IdentityKind, Linking, Proof, linking, may_hear, observe, surviving

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
PHONE = Identity("an", IdentityKind.PHONE, "hash-1", NOW)
MAIL = Identity("an", IdentityKind.EMAIL, "hash-2", NOW)
CHAT = Identity("an", IdentityKind.CHAT, "hash-3", NOW)
VERIFIED = replace(PHONE, verified_at=NOW, verified_by=Proof.OTP)


@pytest.mark.rule("TG-5.4", "LS-3.2")
@pytest.mark.parametrize(
    ("seen", "proof", "verified"),
    [
        (PHONE, Proof.CALLER_ID, False),
        (PHONE, Proof.TYPED, False),
        (PHONE, Proof.SENDER, False),
        (PHONE, Proof.DMARC, False),
        (PHONE, Proof.OTP, True),
        (PHONE, Proof.CALLBACK, True),
        (PHONE, Proof.PROVIDER, True),
        (MAIL, Proof.SENDER, False),
        (MAIL, Proof.DMARC, True),
        (MAIL, Proof.OTP, True),
        (MAIL, Proof.CALLBACK, False),
        (CHAT, Proof.PROVIDER, True),
        (CHAT, Proof.TYPED, False),
        (CHAT, Proof.OTP, False),
        (CHAT, Proof.STAFF, True),
    ],
)
def test_what_proves_an_address(seen: Identity, proof: Proof, verified: bool) -> None:
    observed = observe(None, seen, proof, NOW)
    assert observed.verified == verified
    assert may_hear(observed, NOW) == verified
    assert observed.verified_by == (proof if verified else None)


@pytest.mark.parametrize("proof", [Proof.CALLER_ID, Proof.TYPED, Proof.SENDER])
def test_weak_sighting_takes_no_proof_away(proof: Proof) -> None:
    assert observe(VERIFIED, PHONE, proof, NOW + timedelta(days=1)) == VERIFIED


def test_fresh_proof_renews_the_date() -> None:
    later = NOW + timedelta(days=400)
    renewed = observe(VERIFIED, PHONE, Proof.CALLBACK, later)
    assert (renewed.asserted_at, renewed.verified_at, renewed.verified_by) == (NOW, later, Proof.CALLBACK)


def test_old_proof_of_a_number_no_longer_counts() -> None:
    fresh_for = timedelta(days=180)
    assert may_hear(VERIFIED, NOW + fresh_for, fresh_for=fresh_for)
    assert not may_hear(VERIFIED, NOW + fresh_for + timedelta(seconds=1), fresh_for=fresh_for)
    assert may_hear(VERIFIED, NOW + timedelta(days=4000))
    assert not may_hear(None, NOW)


def test_other_identity_is_refused() -> None:
    with pytest.raises(ValueError, match="not the same"):
        observe(VERIFIED, MAIL, Proof.OTP, NOW)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([VERIFIED], [VERIFIED], Linking.SAME),
        ([VERIFIED], [PHONE], Linking.ASK),
        ([PHONE], [PHONE], Linking.ASK),
        ([VERIFIED], [MAIL], Linking.APART),
        ([PHONE, MAIL], [MAIL], Linking.ASK),
        ([], [VERIFIED], Linking.APART),
        ([replace(MAIL, address_blind="hash-1")], [PHONE], Linking.APART),
    ],
    ids=["both proved", "one proved", "none proved", "nothing shared", "one of two", "empty", "other kind"],
)
def test_linking(first: list[Identity], second: list[Identity], expected: Linking) -> None:
    others = [replace(identity, contact_id="binh") for identity in second]
    assert linking(first, others) is expected
    assert linking(others, first) is expected


def test_older_contact_survives() -> None:
    older, newer = ("b", NOW), ("a", NOW + timedelta(days=1))
    assert surviving(older, newer) == surviving(newer, older) == ("b", "a")
    assert surviving(("b", NOW), ("a", NOW)) == ("a", "b")
