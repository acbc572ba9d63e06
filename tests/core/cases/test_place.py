"""A case follows its report to another place, and what is proposed for it follows the case."""

from __future__ import annotations

import pytest

from core.cases.commands import CorrectPlace
from core.cases.decide import Actor, Decision, Refusal, decide
from core.cases.evolve import fold
from core.cases.routing import Matter, route
from tests.core.cases.bench import SYSTEM, Bench, seal

HERE, THERE = "90101", "90102"


def received() -> Bench:
    """A report from the first commune."""
    return Bench("lang_son_2025").receive(commune_code=HERE, point=(21850, 106760))


def correct(bench: Bench, actor: Actor = SYSTEM, **place: object) -> Decision | Refusal:
    """The product notes what its reporter put right."""
    return decide(bench.ctx(actor), bench.it, CorrectPlace.model_validate(place))


@pytest.mark.rule("LS-7.2a", "VN-10")
def test_the_case_goes_where_its_report_now_says() -> None:
    """Commune, point and words by one event; the proposal is another agency."""
    bench = received()
    before = route(bench.pack, bench.agencies, Matter.of(bench.it))
    told = seal("Thôn Hai")

    bench.must(correct(bench, place=told, commune_code=THERE, point=(21860, 106770)))

    assert (bench.it.place, bench.it.commune_code, bench.it.point) == (told, THERE, (21860, 106770))
    after = route(bench.pack, bench.agencies, Matter.of(bench.it))
    assert before.agencies != after.agencies
    assert bench.events[-1].kind == "place_corrected"
    assert fold(bench.events) == bench.it


def test_words_alone_are_kept_where_only_the_commune_is_put_right() -> None:
    """Nothing that was said before is thrown away."""
    bench = received()
    said = bench.it.place

    bench.must(correct(bench, commune_code=THERE, point=(21850, 106760)))

    assert said is not None
    assert (bench.it.place, bench.it.commune_code) == (said, THERE)


def test_nothing_is_noted_where_nothing_changes_nor_by_anybody_else() -> None:
    """Not a second time, and not by a person: they have commands of their own."""
    bench = received()
    same = correct(bench, commune_code=HERE, point=(21850, 106760))
    person = correct(bench, Actor("u1", frozenset({"receptionist"})), commune_code=THERE)

    assert [one.code for one in (same, person) if isinstance(one, Refusal)] == ["nothing_changes", "role_not_allowed"]
