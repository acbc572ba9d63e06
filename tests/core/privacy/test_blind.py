"""The blind index: one value, one hash, whatever its spelling; no hash fits two purposes."""

from __future__ import annotations

import hmac

import pytest

from core.privacy.blind import BlindIndex, KeyedHash, kind_of_address

INDEX = BlindIndex(bytes(range(32)))


@pytest.mark.parametrize(
    "spelling",
    [
        "0900000001",
        "0900 000 001",
        "0900.000.001",
        "+84900000001",
        "+84 900-000-001",
        "84900000001",
        "0084900000001",
        "０９００ ０００ ００１",
    ],
)
def test_one_number_in_many_spellings(spelling: str) -> None:
    assert INDEX.phone(spelling) == INDEX.phone("+84900000001")


def test_number_of_before_2018_is_found_under_its_present_prefix() -> None:
    assert INDEX.phone("0168 900 0001") == INDEX.phone("038 900 0001")


def test_other_numbers_differ() -> None:
    numbers = ["0900000001", "0900000002", "+1900000001", "113", "1022", "84", "840"]
    assert len({INDEX.phone(number) for number in numbers}) == len(numbers)


def test_mail_address_ignores_capitals_and_spelling_of_the_domain() -> None:
    assert INDEX.email(" An.Nguyen@Example.VN ") == INDEX.email("an.nguyen@example.vn")
    assert INDEX.email("an@bücher.example") == INDEX.email("an@xn--bcher-kva.example")
    assert INDEX.email("an@example.vn") != INDEX.email("binh@example.vn")
    assert INDEX.email("an@.example..vn") != INDEX.email("an@example.vn")


@pytest.mark.rule("VN-12")
def test_personal_number_ignores_spaces() -> None:
    assert INDEX.identity_number("001 099 000 001") == INDEX.identity_number("001099000001")


def test_purposes_and_places_stay_apart() -> None:
    value = "0900000001"
    hashes = {
        INDEX.phone(value),
        INDEX.identity_number(value),
        INDEX.email(value),
        INDEX.chat("zalo", "oa1", value),
        INDEX.chat("zalo", "oa2", value),
        INDEX.chat("telegram", "oa1", value),
        INDEX.other("ip", value),
        INDEX.other("media", value),
        INDEX.other("ip", value, ""),
    }
    assert len(hashes) == 9
    assert INDEX.other("x", "ab", "c") != INDEX.other("x", "a", "bc")


def test_address_is_found_again_on_another_channel() -> None:
    assert INDEX.address("sms", "8xxx", "+84900000001") == INDEX.address("call_center", "1022", "+84900000001")
    assert INDEX.address("email", "box", "an@example.vn") == INDEX.email("an@example.vn")
    assert INDEX.address("zalo", "oa", "900000001") != INDEX.address("telegram", "bot", "900000001")


@pytest.mark.parametrize(
    ("value", "kind"),
    [("+84900000001", "phone"), ("an@example.vn", "email"), ("900000001", "chat"), ("+12ab", "chat")],
)
def test_kind_of_address(value: str, kind: str) -> None:
    assert kind_of_address(value) == kind


def test_another_secret_gives_other_hashes() -> None:
    assert BlindIndex(b"x" * 32).phone("0900000001") != INDEX.phone("0900000001")
    with pytest.raises(ValueError, match="32 bytes"):
        BlindIndex(b"short")
    assert "\\x01" not in repr(INDEX)


def test_hashes_are_fixed() -> None:
    """Stored look-ups must be found by every later release."""
    assert INDEX.phone("0900000001") == "df55be1b22311c3beb9148d7e07ceef87377b3cb2b724e25f7ce784c2bb1052f"
    assert INDEX.email("an@example.vn") == "43677f3dc9156bcbe9edf502ec39fe1beb4c4a53520060c486ff9f0d9c68d486"
    assert INDEX.chat("zalo", "oa", "1") == "f71f3cde39ab4e32439ec410861140f2f9d99e54dfc2d31bbe1262adcc31bbc7"


@pytest.mark.parametrize("value", ["", "0900000001", "Nguyễn Văn An" * 20, "\ud800"])
def test_the_keyed_hash_is_the_hmac_of_everybody_else(value: str) -> None:
    key = bytes(range(32))
    assert KeyedHash(key).hex(value) == hmac.digest(key, value.encode(errors="surrogatepass"), "sha256").hex()


def test_a_hash_made_ready_is_the_same_hash() -> None:
    ready = INDEX.for_other("inbox")
    assert [ready(value) for value in ("a", "b", "a")] == [INDEX.other("inbox", value) for value in ("a", "b", "a")]
