"""What a leg says of its own."""

from __future__ import annotations

import tracemalloc

from channels.call_center.media.g711 import FRAME, SILENCE, convert
from channels.call_center.media.mouth import Mouth

SENTENCES = [bytes([number]) * 2 * FRAME for number in (1, 2)]


def said(mouth: Mouth) -> list[bytes]:
    """Until there is nothing more to say."""
    return list(iter(mouth.frame, None))


def test_sentences_are_said_one_after_another_and_the_end_is_told_once() -> None:
    mouth, ended = Mouth(), list[str]()
    mouth.play([SENTENCES[0], b"", SENTENCES[1]], lambda: ended.append("all"))
    first = [mouth.frame() for _ in range(4)]
    assert (first, ended) == ([frame for one in SENTENCES for frame in (one[:FRAME], one[FRAME:])], [])
    assert (said(mouth), ended) == ([], ["all"])


def test_nothing_to_say_ends_at_the_next_tick() -> None:
    mouth, ended = Mouth(), list[str]()
    mouth.play([], lambda: ended.append("nothing"))
    assert ended == []
    assert (mouth.frame(), ended) == (None, ["nothing"])


def test_what_is_left_is_said_in_the_other_law() -> None:
    mouth = Mouth()
    mouth.play([SILENCE["PCMA"] * 2, SILENCE["PCMA"]], lambda: None)
    assert mouth.frame() == SILENCE["PCMA"]
    mouth.translate("PCMA", "PCMU")
    assert said(mouth) == [convert(SILENCE["PCMA"], "PCMA", "PCMU")] * 2


def test_a_hundred_callers_share_the_sound_of_a_menu() -> None:
    """80 kB a sentence of ten seconds, once."""
    menu = [bytes(500 * FRAME), bytes(500 * FRAME)]
    mouths = [Mouth() for _ in range(100)]
    tracemalloc.start()
    try:
        for mouth in mouths:
            mouth.play(menu, lambda: None)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < len(menu[0])
