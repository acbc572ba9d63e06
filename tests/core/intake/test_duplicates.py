"""Likeness of reports: for people to decide on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.contract.schema import GeoPoint, Place
from core.intake.duplicates import Kinship, Sketch, compare, distance_m, find_duplicates
from tests.core.intake.harness import START


def sketch(name: str, content: str, place: str | Place = "", *, reporter: str = "", hours_ago: int = 0) -> Sketch:
    """A report with what matters here."""
    where = place if isinstance(place, Place) else Place(text=place)
    return Sketch(name, reporter or name, content, where, "environment", START - timedelta(hours=hours_ago))


NEW = sketch("new", "rác chất đống trước cổng chợ, hôi thối", "chợ An Cựu")


@pytest.mark.rule("A-3", "QB-IV.1.1a.x1")
def test_the_same_matter_from_another_person_is_linked_not_repeated() -> None:
    known = sketch("old", "đống rác hôi thối chưa ai dọn", "trước cổng chợ An Cựu", hours_ago=5)
    (found,) = find_duplicates(NEW, [known])
    assert found.kinship is Kinship.SAME_MATTER
    assert "Người gửi khác" in found.reason
    assert "cách 5 giờ" in found.reason


@pytest.mark.rule("QB-IV.1.1a.x1")
def test_the_same_person_repeats() -> None:
    known = sketch("old", "rác chất đống, hôi thối", "chợ An Cựu", reporter="new")
    assert find_duplicates(NEW, [known])[0].kinship is Kinship.REPEAT


@pytest.mark.rule("A-3", "QB-IV.1.1a.x1")
def test_whoever_gave_the_same_number_is_not_called_another_person() -> None:
    """Nor the same one, since nobody proved it: the desk asks before it cancels a repeat."""
    new = replace(NEW, reached_at=frozenset({"+84900000001"}))
    known = replace(sketch("old", "rác chất đống, hôi thối", "chợ An Cựu"), reached_at=new.reached_at)

    (found,) = find_duplicates(new, [known])

    assert found.kinship is Kinship.SAME_MATTER
    assert found.reason.startswith("Cùng số điện thoại hoặc thư điện tử; ")


def test_another_place_is_another_matter() -> None:
    assert find_duplicates(NEW, [sketch("old", "rác chất đống hôi thối", "đường Lê Duẩn")]) == ()


def test_points_decide_over_words() -> None:
    here = Place(point=GeoPoint(latitude=16.4637, longitude=107.5909))
    near = Place(text="chỗ khác", point=GeoPoint(latitude=16.4639, longitude=107.5909))
    far = Place(point=GeoPoint(latitude=16.5637, longitude=107.5909))
    new = sketch("new", "ổ gà lớn", here)
    assert compare(new, sketch("a", "ổ gà", near)).score > compare(new, sketch("b", "ổ gà", far)).score
    assert "cách nhau 22 m" in compare(new, sketch("a", "ổ gà", near)).reason


points = st.builds(GeoPoint, latitude=st.floats(8, 23), longitude=st.floats(102, 110))


@given(points, points)
def test_distance_is_symmetrical_and_never_negative(one: GeoPoint, other: GeoPoint) -> None:
    assert distance_m(one, other) == pytest.approx(distance_m(other, one), abs=1e-3)
    assert distance_m(one, one) == 0
    assert distance_m(one, other) >= 0


@given(st.text(max_size=60), st.text(max_size=60))
def test_scores_lie_between_nothing_and_all_and_do_not_depend_on_the_side(one: str, other: str) -> None:
    first, second = sketch("a", one, other), sketch("b", other, one)
    assert 0 <= compare(first, second).score <= 1
    assert compare(first, second).score == compare(second, first).score


def test_two_houses_of_a_street_are_not_one_place() -> None:
    """Unless one of them names none, or both the same."""
    new = sketch("new", "rác chất đống", "số 12 Lê Lợi")
    assert (
        compare(new, sketch("a", "rác đầy", "88 Lê Lợi")).score < compare(new, sketch("b", "rác đầy", "Lê Lợi")).score
    )
    assert (
        compare(new, sketch("c", "rác đầy", "Lê Lợi số 12")).score > compare(new, sketch("a", "rác", "88 Lê Lợi")).score
    )


def test_photos_that_look_alike_raise_the_score_and_say_so() -> None:
    one = replace(sketch("new", "ổ gà", "Lê Lợi"), looks=(0b1011, 1 << 60))
    other = sketch("old", "mặt đường hư", "đường Lê Lợi")
    alike = compare(one, replace(other, looks=(0b1000,)))
    assert alike.score > compare(one, replace(other, looks=(2**64 - 1,))).score
    assert "ảnh giống nhau" in alike.reason
