"""What staff see of words: masked unless revealed, codes readable, the citizen's PIN never."""

from __future__ import annotations

import pytest

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
