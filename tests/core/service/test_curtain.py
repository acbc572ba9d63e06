"""What staff see of words: masked unless revealed, codes readable, the citizen's PIN never."""

from __future__ import annotations

import pytest

from core.contract.schema import Reporter
from core.identity.codes import format_code, new_code
from core.service.reading.curtain import Curtain

CODE = new_code(lambda above: above // 2)


@pytest.mark.parametrize("revealed", [False, True])
@pytest.mark.parametrize("code", [CODE, format_code(CODE)])
def test_a_pin_is_the_citizens_own(code: str, revealed: bool) -> None:
    """Whoever holds it may rate and withdraw in the citizen's name; the code beside it stays readable."""
    shown = Curtain(revealed=revealed).written(f"Phản ánh, mã {code}, mã PIN 242680.")

    assert code in shown
    assert "242680" not in shown


def test_a_number_in_our_own_words_is_masked_like_in_theirs() -> None:
    """The receipt repeats what the citizen wrote."""
    shown = Curtain().written("Nội dung: gọi tôi số 0900 000 001")

    assert "0900 000 001" not in shown


NUMBER = "020203000001"
AN = Reporter(name="Nguyễn Văn An", phones=("+84900000001",), identity_number=NUMBER)


@pytest.mark.rule("A-LS-7", "LS-5.1c", "VN-4")
@pytest.mark.parametrize(
    ("curtain", "shown"),
    [
        (Curtain(), "***001"),
        (Curtain(hides_number=True), "***001"),
        (Curtain(revealed=True, hides_number=True), "***001"),
        (Curtain(revealed=True), NUMBER),
    ],
)
def test_a_personal_number_shows_its_last_three_digits_to_all_but_who_checks_it(curtain: Curtain, shown: str) -> None:
    """Also to those who may read the name and call."""
    view = curtain.reporter(AN, "c1")

    assert view.identity_number == shown
    assert view.phones == (("+84900000001",) if curtain.revealed else ("***001",))
    assert not view.identity_legacy


@pytest.mark.rule("VN-12")
@pytest.mark.parametrize("revealed", [False, True])
def test_the_number_of_an_old_card_is_marked(revealed: bool) -> None:
    """Nine digits: no longer valid, taken as legacy."""
    who = Reporter(identity_number="082345678")

    assert Curtain(revealed=revealed).reporter(who, "c1").identity_legacy


@pytest.mark.rule("A-LS-7")
@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("CCCD 020203000001", "CCCD ***001"),
        ("cccd 020 203 000 001 ạ", "cccd ***001 ạ"),
        ("CMND 082345678", "CMND ***678"),
        ("sđt 0900 000 001", "sđt 0900 000 001"),
        ("+84 900 000 001", "+84 900 000 001"),
        ("số nhà 12, đường 3", "số nhà 12, đường 3"),
    ],
)
def test_nor_is_it_read_in_what_the_citizen_wrote(said: str, shown: str) -> None:
    """In the conversation as little as in the report; telephone numbers are there to be called."""
    assert Curtain(revealed=True, hides_number=True).said(said) == shown
    assert Curtain(revealed=True).said(said) == said
