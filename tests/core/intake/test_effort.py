"""How much is done for a message: counted in calls, so that no clock decides."""

from __future__ import annotations

import gc
import sys
import weakref
from itertools import pairwise
from types import FrameType

import pytest

from core.intake.dialogue import step
from core.intake.effects import Submit
from core.intake.happenings import MessageArrived, ReportOpened
from core.intake.parts import part_of
from core.intake.reading.message import read
from core.intake.state import Dialogue, Part
from core.intake.understand import understand
from core.intake.words import READ_LIMIT, Text, Texts
from tests.core.intake.harness import at, message, rules

LETTER = (
    "Đèn đường hỏng ở số nhà 12 đường Lê Lợi, phường Vĩnh Ninh, ba hôm nay không sáng. Bà con đi lại rất khó khăn, "
    "nhiều cháu nhỏ tan học về qua đây phải dò dẫm trong bóng tối, mong trung tâm cử người đến sửa giúp chúng tôi. "
)
WORST = {
    "letters": LETTER,
    "one letter": "a",
    "numbers": "12/3-4.5 ",
    "places": "gần chợ trước cổng trường đường ",
    "names": "Nguyễn Văn An, ",
    "courtesy": "dạ em xin cảm ơn ạ ",
    "signs": ".,;:-()",
    "lines": "đèn hỏng\n",
    "corrections": "à nhầm, không phải 12 mà là 21, ",
    "links": "https://example.vn/a ",
    "marks": "ơ\u0303\u0323",
}


class Calls:
    """Counts the calls of Python functions and of builtins while it is entered."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> Calls:
        sys.setprofile(self.note)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def note(self, _frame: FrameType, event: str, _argument: object) -> None:
        self.count += event in ("call", "c_call")


def effort(text: str, *, texts: Texts | None = None) -> int:
    """Calls for one whole message; a first one before it loads word lists and compiles patterns."""
    for _ in range(2):
        with Calls() as calls:
            arrived = MessageArrived(message("web", 0, {"t": 0, "text": text}))
            step(Dialogue(), arrived, rules=rules("hue"), now=at(0), texts=texts)
    return calls.count


@pytest.mark.parametrize("name", WORST)
def test_effort_grows_with_the_length_of_a_text_not_with_its_square(name: str) -> None:
    lengths = [READ_LIMIT // 4, READ_LIMIT // 2, READ_LIMIT, READ_LIMIT * 5]
    counts = [effort((WORST[name] * length)[:length].strip()) for length in lengths]
    assert all(more < 3 * less for less, more in pairwise(counts)), counts


def test_a_text_is_read_once_however_many_ask_for_it() -> None:
    text = Text.of(LETTER)
    first = read(text, rules("hue"))
    with Calls() as again:
        second = read(text, rules("hue"))
    with Calls() as anew:
        read(Text.of(LETTER), rules("hue"))
    assert first == second
    assert again.count * 20 < anew.count


def test_steps_about_one_message_share_what_was_read_and_answer_the_same() -> None:
    texts = Texts()
    alone, together = (opened(given) for given in (None, texts))
    assert alone == together
    with Calls() as calls:
        opened(texts)
    with Calls() as without:
        opened(None)
    assert calls.count * 2 < without.count


def test_messages_that_were_passed_to_another_process_are_not_understood_again() -> None:
    texts, part = Texts(), part_of(message("web", 0, {"t": 0, "text": LETTER}), burst=0)
    facts = understand((part,), rules("hue"), texts=texts)
    passed_on = Part.model_validate_json(part.model_dump_json())
    assert understand([passed_on], rules("hue"), texts=texts) is facts
    assert understand([passed_on], rules("strict"), texts=texts) is not facts


def opened(texts: Texts | None) -> object:
    """A letter that becomes a report at once, and the report told."""
    arrived = MessageArrived(message("web", 0, {"t": 0, "text": LETTER}))
    first = step(Dialogue(), arrived, rules=rules("hue"), now=at(0), texts=texts)
    draft = next(effect.draft for effect in first.effects if isinstance(effect, Submit))
    told = ReportOpened("10000001", "246810", "r1", draft.id)
    return first, step(first.state, told, rules=rules("hue"), now=at(0), texts=texts)


@pytest.mark.parametrize("name", WORST)
def test_what_was_read_goes_with_the_message(name: str) -> None:
    """At once, without the garbage collector: citizens' words stay in memory no longer than they are worked on."""
    arrived = MessageArrived(message("web", 0, {"t": 0, "text": (WORST[name] * READ_LIMIT)[:READ_LIMIT].strip()}))
    texts = Texts()
    gc.disable()
    try:
        step(Dialogue(), arrived, rules=rules("hue"), now=at(0), texts=texts)
        read_ones = [weakref.ref(text) for text in texts.values()]
        texts.clear()
        assert [text() for text in read_ones] == [None] * len(read_ones)
    finally:
        gc.enable()
    assert read_ones
