"""Sorting: words first, what was learnt on top, a reason in the writer's words, silence where nothing is sure."""

from __future__ import annotations

import pytest

from core.triage.learning import LEAST_PEOPLE, Example, learn
from core.triage.sorter import Label, Sorter, hashed
from core.triage.urgency import alarming
from core.triage.words import Phrases, Reading

LIGHT, ROAD = Label("light", ("lighting",)), Label("road", ("road_damage",), ("cầu treo",))
LABELS = (LIGHT, ROAD, Label("rest"))


def test_a_guess_quotes_the_words_it_was_made_of() -> None:
    found = Sorter(LABELS).sort("Đèn đường trước nhà tui tắt ba hôm ni, tối om.")
    assert found.sure
    assert found.guesses[0].label == "light"
    assert {"Đèn đường", "tối om"} <= set(found.guesses[0].words)


def test_keywords_of_the_regulation_count_as_well() -> None:
    assert Sorter(LABELS).sort("Cầu treo lắc lư.").guesses[0].label == "road"


@pytest.mark.parametrize("text", ["", "Xin chào.", "!!! ???", "0900 000 001"])
def test_where_no_word_tells_anything_nothing_is_suggested(text: str) -> None:
    found = Sorter(LABELS).sort(text)
    assert (found.sure, found.guesses) == (False, ())


def test_two_that_are_as_likely_are_not_suggested() -> None:
    """Both are shown, neither is sure."""
    labels = tuple(
        Label(name, (topic,)) for name, topic in zip("abcd", ("lighting", "road_damage", "trees", "power"), strict=True)
    )
    found = Sorter(labels).sort("đèn đường, ổ gà, cây đổ, cúp điện")
    assert not found.sure
    assert len(found.guesses) == 3


def example(text: str, label: str, writer: str) -> Example:
    """A decision of the desk."""
    return Example(text, label, writer)


def test_what_the_desk_decides_is_learnt() -> None:
    """A word no list knows, told by several people."""
    told = [
        example(f"Cái trụ xanh ở xóm {where} bị hỏng", "rest", f"w{where}")
        for where in ("trên", "giữa", "dưới", "ngoài")
    ]
    before, after = Sorter(LABELS), learn(LABELS, told)
    assert before.sort("trụ xanh hỏng").guesses == ()
    assert after.sort("trụ xanh hỏng").guesses[0].label == "rest"
    assert after.sort("trụ xanh hỏng").guesses[0].words


def test_what_few_people_wrote_cannot_be_read_off_a_model() -> None:
    """A name in one person's many reports, or in two people's, leaves no trace; numbers never do."""
    names = [example("Nguyễn Văn Canary xóm 4 số 0900000001", "rest", f"w{n % (LEAST_PEOPLE - 1)}") for n in range(9)]
    model = learn(LABELS, names)
    assert not model.weights
    crowd = learn(LABELS, [example("Canary 0900000001", "rest", f"w{n}") for n in range(LEAST_PEOPLE)])
    assert set(crowd.weights) == {hashed("canary")}


def test_the_same_examples_make_the_same_model() -> None:
    told = [example("trụ xanh hỏng", "rest", f"w{n}") for n in range(5)]
    assert learn(LABELS, told) == learn(LABELS, told)


def test_what_a_label_no_longer_in_use_was_given_is_left_out() -> None:
    told = [example("trụ xanh hỏng", "gone", f"w{n}") for n in range(5)]
    assert learn(LABELS, told) == Sorter(LABELS)


def test_facts_beside_the_words_are_learnt_too() -> None:
    told = [Example("hỏng rồi", "road" if n % 2 else "rest", f"w{n}", (f"commune:{n % 2}",)) for n in range(20)]
    model = learn(LABELS, told)
    assert model.sort("hỏng rồi", facts=["commune:1"]).guesses[0].label == "road"
    assert model.sort("hỏng rồi", facts=["commune:0"]).guesses[0].label == "rest"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("xe chạy nhanh", False),
        ("nhà cháy rồi", True),
        ("nha chay roi", True),
        ("nhà chạy rồi", False),
    ],
)
def test_marks_tell_words_apart_where_they_are_typed(text: str, found: bool) -> None:
    phrases = Phrases.of({"fire": ["cháy rồi", "nhà cháy"]})
    assert bool(list(phrases.find(Reading.of(text)))) is found


def test_the_longest_phrase_holds_its_words() -> None:
    phrases = Phrases.of({"light": ["đèn đường"], "signal": ["đèn"], "road": ["đường"]})
    assert [hit.means for hit in phrases.find(Reading.of("Đèn đường hỏng"))] == [("light",)]


def test_shortened_words_are_written_out_and_quoted_as_written() -> None:
    phrases = Phrases.of({"light": ["đèn đường"]})
    reading = Reading.of("den dg k sang")
    (hit,) = phrases.find(reading)
    assert reading.quote(hit.first, hit.count) == "den dg"


def test_an_alarm_quotes_what_it_heard() -> None:
    alarm = alarming("Có người té xuống giếng, cứu với bà con ơi")
    assert alarm is not None
    assert "cứu với" in alarm.words


@pytest.mark.parametrize("text", ["", "Xin cảm ơn trung tâm đã xử lý.", "Bình chữa cháy ở chung cư hết hạn."])
def test_what_is_not_urgent_alarms_nobody(text: str) -> None:
    assert alarming(text) is None
