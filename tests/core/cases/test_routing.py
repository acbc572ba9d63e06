"""Where a report should go, and why: by place, by category, and by hand where neither is clear."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from core.cases.agencies import Agency, AgencyTree
from core.cases.automatic import automatic_command
from core.cases.decide import Actor
from core.cases.routing import Matter, Proposal, by_hand, route
from core.regulations.model import Pack
from tests.core.cases.bench import SYSTEM, Bench, agencies_of, pack_of
from tests.support.agencies import load_agencies

LS, TG, QB, HUE = "lang_son", "tien_giang", "quang_binh", "thua_thien_hue"


def routed(name: str, **about: Any) -> Proposal:
    return route(pack_of(name), agencies_of(name), Matter(**about))


def tree(name: str, day: str) -> AgencyTree:
    """The shipped agencies on another day."""
    return load_agencies(name, date.fromisoformat(day))


def seat(name: str) -> Agency:
    """One commune of the demonstration."""
    return next(item for item in agencies_of(name).of_kinds(["commune"]) if item.commune_code)


@pytest.mark.rule("LS-7.2a")
def test_by_the_commune_of_the_place() -> None:
    """Whatever the category; told with the reason and the rule."""
    commune = seat(LS)

    made = routed(LS, category=next(iter(pack_of(LS).intake.categories)), communes=(commune.commune_code,))

    assert made.agencies == (commune.id,)
    assert made.reason == f"Sự việc xảy ra trên địa bàn của {commune.name}."
    assert "LS-7.2a" in made.rules


@pytest.mark.rule("LS-7.2a", "VN-10")
def test_a_place_that_is_not_clear_goes_nowhere_by_itself() -> None:
    """Unknown, of no agency, or one of several: a person finds out; the several are offered."""
    two = [item for item in agencies_of(LS).of_kinds(["commune"]) if item.commune_code][:2]

    several = routed(LS, communes=tuple(item.commune_code for item in two))

    assert not routed(LS).is_clear
    assert "cần xác định nơi xảy ra" in routed(LS).reason
    assert "mã xã 00000" in routed(LS, communes=("00000",)).reason
    assert (several.is_clear, several.others) == (False, tuple(item.id for item in two))


@pytest.mark.rule("TG-P1.II.3a", "VN-11")
def test_by_the_category_to_the_agency_of_today() -> None:
    """The pack names the department of 2022; the one that took over is meant, and the reason says so."""
    made = route(pack_of(TG), tree(TG, "2025-03-15"), Matter(category="transport"))

    assert made.agencies == ("so_xay_dung_tg",)
    assert "trước đây: Sở Giao thông vận tải" in made.reason
    assert "TG-1.1" in made.rules


@pytest.mark.rule("TG-P1.II.3b")
@pytest.mark.parametrize("about", [{}, {"category": "no_such"}])
def test_without_a_category_nothing_is_proposed(about: dict[str, Any]) -> None:
    """The centre analyses."""
    assert not routed(TG, **about).is_clear
    assert "bằng tay" in routed(TG, **about).reason


@pytest.mark.rule("QB-IV.1.1a.2", "QB-IV.1.1a.2b")
def test_a_unit_is_reached_by_its_focal_agency() -> None:
    """The row may not send to communes: their parent is the focal agency, they do the work."""
    pack = pack_of(QB)
    row = by_hand(pack)
    assert row is not None
    assert "commune" not in row.target.kinds
    rows = (
        Agency(id="huyen", name="UBND huyện Đông", kind="district"),
        Agency(id="xa", name="UBND xã A", kind="commune", parent="huyen"),
    )

    made = route(pack, AgencyTree.of(rows, date(2026, 11, 20)), Matter(suggested="xa"))

    assert (made.agencies, made.unit) == (("huyen",), "xa")
    assert "UBND xã A chủ trì xử lý" in made.reason


@pytest.mark.rule("A-QB-10")
def test_the_first_agency_of_a_category_is_proposed_the_others_offered() -> None:
    """In the order of the pack."""
    made = routed(HUE, category="lighting_power_water")

    assert (made.agencies, made.others) == (("cty_dien_luc",), ("cty_cap_nuoc",))


@pytest.mark.rule("HUE-3b", "QB-IV.1.1a.2c")
def test_a_returner_and_a_board_are_heard_before_the_category() -> None:
    """Whoever returned it is not asked again."""
    named = routed(HUE, category="construction", suggested="so_y_te", refused=frozenset({"so_xay_dung"}))
    decided = routed(HUE, category="construction", suggested="so_y_te", lead="so_du_lich")
    again = routed(HUE, category="lighting_power_water", refused=frozenset({"cty_dien_luc"}))

    assert named.agencies == ("so_y_te",)
    assert decided.agencies == ("so_du_lich",)
    assert again.agencies == ("cty_cap_nuoc",)


@pytest.mark.rule("VN-10")
def test_one_that_became_several_is_chosen_by_the_place() -> None:
    """Without a place a person chooses among the heirs."""
    heirs = [item.id for item in agencies_of(HUE).successors("ubnd_song_trung")]

    without = routed(HUE, category="urban_order")
    there = routed(HUE, category="urban_order", communes=("90002",))

    assert (without.is_clear, list(without.others)) == (False, heirs)
    assert there.agencies == ("ubnd_bach_mai",)


@pytest.mark.rule("LS-7.2a", "A-TG-6")
def test_the_product_routes_only_what_a_person_accepted() -> None:
    """By the row of the system: after acceptance, and only where the place is clear."""
    commune = seat(LS)
    reception = Actor("u1", frozenset({"receptionist"}))
    category = next(iter(pack_of(LS).intake.categories))
    bench = Bench(LS).receive(commune_code=commune.commune_code, category=category, channel="app")
    unknown = Bench(LS).receive(category=category, channel="app")

    before = automatic_command(bench.ctx(SYSTEM), bench.it)
    for one in (bench, unknown):
        one.do(reception, "accept")
    after = automatic_command(bench.ctx(SYSTEM), bench.it)

    assert before is None
    assert after is not None
    assert after.model_dump()["agencies"] == (commune.id,)
    assert automatic_command(unknown.ctx(SYSTEM), unknown.it) is None


def test_a_regulation_without_distribution_proposes_nothing() -> None:
    """A pack may have none."""
    bare = Pack.model_validate({**json.loads(pack_of(HUE).document), "moves": {}})

    assert not route(bare, agencies_of(HUE), Matter(category="construction")).is_clear
