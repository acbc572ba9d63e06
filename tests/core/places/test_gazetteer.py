"""Old names lead to the places of today; the shipped sample is consistent."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files

import pytest

from core.places import Gazetteer, Ground, PlacesInvalid, read_communes, read_successions

EVE, TODAY = date(2025, 6, 30), date(2026, 11, 22)
HEAD = "code,name,kind,district,province,province_code,since,until"


@cache
def sample() -> Gazetteer:
    data = files("core.places") / "data"
    communes = read_communes((data / "communes.csv").read_text(encoding="utf-8").splitlines())
    changes = read_successions((data / "succession.csv").read_text(encoding="utf-8").splitlines())
    return Gazetteer(communes, changes)


def names(found: tuple[object, ...]) -> list[str]:
    return [one.label for one in found]  # type: ignore[attr-defined]


@pytest.mark.rule("VN-10")
def test_a_code_means_something_only_beside_its_day() -> None:
    """05977 was Vĩnh Trại and is Đông Kinh."""
    before, after = sample().of("05977", EVE), sample().of("05977", TODAY)

    assert before is not None
    assert after is not None
    assert (before.title, after.title) == ("phường Vĩnh Trại", "phường Đông Kinh")
    assert sample().of("99999", TODAY) is None


@pytest.mark.rule("VN-10")
@pytest.mark.parametrize("typed", ["Vĩnh Trại", "vinh trai", "VĨNH TR", "phuong vinh trai"])
def test_an_old_name_leads_to_the_commune_of_today(typed: str) -> None:
    """In any spelling, and says why it is offered."""
    (found,) = sample().search(typed, TODAY)

    assert found.commune.title == "phường Đông Kinh"
    assert found.label == "phường Đông Kinh, tỉnh Lạng Sơn (trước đây: phường Vĩnh Trại)"
    assert names(sample().search(typed, EVE)) == ["phường Vĩnh Trại, Thành phố Lạng Sơn, tỉnh Lạng Sơn"]


@pytest.mark.rule("VN-10")
def test_one_that_was_divided_leads_to_each_of_its_heirs() -> None:
    """One to many: a person chooses."""
    lines = ("1,Cũ,xã,Huyện Đông,tỉnh X,9,,2024-12-31", "2,Mới,xã,,tỉnh X,9,2025-01-01,2025-06-30")
    communes = read_communes([HEAD, *lines, "3,Khác,xã,,tỉnh X,9,2025-01-01,", "4,Cuối,phường,,tỉnh X,9,2025-07-01,"])
    changes = read_successions(
        ["old_code,new_code,since,whole", "1,2,2025-01-01,part", "1,3,2025-01-01,part", "2,4,2025-07-01,yes"]
    )
    places = Gazetteer(communes, changes)

    found = places.heirs(communes[0], TODAY)

    assert [(one.commune.code, one.whole) for one in found] == [("4", False), ("3", False)]
    assert found[0].label == "phường Cuối, tỉnh X (trước đây: xã Cũ, một phần)"
    assert [one.commune.code for one in places.heirs(communes[0], date(2025, 3, 1))] == ["2", "3"]


@pytest.mark.rule("VN-10", "LS-7.2a")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Trước số 12 đường Trần Hưng Đạo, phường Tam Thanh", ["phường Tam Thanh"]),
        ("ngã tư gần chợ, P.Vỹ Dạ, Huế", ["phường Vỹ Dạ"]),
        ("xa bao ninh, dong hoi", ["phường Đồng Hới"]),
        ("Xã Mai Pha TP Lạng Sơn", ["phường Đông Kinh"]),
        ("số 5 đường Xã Đàn", []),
        ("gần cầu, không rõ phường", []),
        ("", []),
    ],
)
def test_a_commune_is_read_out_of_what_was_written(text: str, expected: list[str]) -> None:
    """Only beside the word for its kind; streets are no communes."""
    assert [one.commune.title for one in sample().named_in(text, TODAY)] == expected


@pytest.mark.rule("VN-10")
def test_the_sample_says_where_every_old_commune_went() -> None:
    """And nothing leads to a commune that is not there."""
    for one in sample().communes:
        assert sample().heirs(one, TODAY), one.label
        assert one.province_code in {"20", "44", "46", "66", "82"}
    for step in sample().successions:
        assert sample().of(step.new_code, step.since) is not None
        assert sample().of(step.old_code, EVE) is not None


def test_too_little_finds_nothing() -> None:
    """One letter would be everything."""
    assert sample().search("v", TODAY) == ()
    assert sample().search("  ", TODAY) == ()
    assert len(sample().search("phuong", TODAY, most=5)) == 5


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["code,name"], "the first line must be"),
        ([HEAD, "1,A,xã"], "communes.csv:2: too many or too few"),
        ([HEAD, "1,A,xã,,,,gestern,"], "communes.csv:2: since"),
        ([HEAD, "1,,xã,,,,,"], "communes.csv:2: name"),
        ([HEAD, "1,A,xã,,,,,", "1,B,xã,,,,2025-07-01,"], "code 1 belongs to two communes on 2025-07-01"),
    ],
)
def test_a_table_with_a_mistake_says_where(lines: list[str], problem: str) -> None:
    """File, line, column."""
    with pytest.raises(PlacesInvalid, match=problem):
        read_communes(lines)


def test_a_change_that_is_neither_whole_nor_part_is_refused() -> None:
    """One of two words."""
    with pytest.raises(PlacesInvalid, match=r"succession\.csv:2: whole"):
        read_successions(["old_code,new_code,since,whole", "1,2,2025-07-01,maybe"])


@pytest.mark.rule("VN-10")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 Lê Lợi, Vỹ Dạ", ["phường Vỹ Dạ"]),
        ("gan cho, o vy da", ["phường Vỹ Dạ"]),
        ("12 đường Vỹ Dạ", []),
        ("phường Vĩnh Ninh", ["phường Thuận Hóa"]),
    ],
)
def test_a_bare_name_is_a_hint_for_a_person(text: str, expected: list[str]) -> None:
    """By itself between commas; one with its kind says more."""
    ground = Ground(sample())

    assert [one.commune.title for one in ground.hinted_in(text, TODAY)] == expected


@pytest.mark.rule("VN-10", "LS-7.2a")
def test_only_the_own_province_counts() -> None:
    """Where it is known which that is."""
    text = "phường Tam Thanh"

    assert [one.commune.code for one in Ground(sample()).named_in(text, TODAY)] == ["05986"]
    assert Ground(sample(), frozenset({"tỉnh Lạng Sơn"})).named_in(text, TODAY) != ()
    assert Ground(sample(), frozenset({"thành phố Huế"})).named_in(text, TODAY) == ()


@pytest.mark.rule("VN-10")
def test_old_and_new_name_together_are_one_place() -> None:
    """And two that have nothing in common stay two."""
    both = sample().named_in("phường Vĩnh Ninh, nay là phường Thuận Hóa", TODAY)
    apart = sample().named_in("giữa phường Vĩnh Ninh và phường Vỹ Dạ", TODAY)

    assert [one.commune.title for one in both] == ["phường Thuận Hóa"]
    assert len(apart) == 2
