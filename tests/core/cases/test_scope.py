"""What lies outside a pilot is accepted and marked (A-TG-14); a named lead that works already binds nobody (TG-3.7)."""

from __future__ import annotations

import pytest

from core.cases.decide import Actor, Decision
from core.cases.events import CaseAccepted
from core.regulations.model import Pack
from tests.core.cases.bench import Bench, pack_of, staff

DESK, DISTRIBUTOR = staff("receptionist"), staff("distributor")


def with_intake(**changes: object) -> Pack:
    pack = pack_of("thua_thien_hue")
    return pack.model_copy(update={"intake": pack.intake.model_copy(update=changes)})


def accepted(pack: Pack, **report: object) -> Bench:
    bench = Bench()
    bench.pack = pack
    bench.receive(**report).do(DESK, "accept")
    return bench


@pytest.mark.rule("A-TG-14")
@pytest.mark.parametrize(
    ("intake", "report", "outside"),
    [
        ({}, {}, False),
        ({"sectors_limited": True}, {}, True),
        ({"sectors_limited": True}, {"category": "transport"}, False),
        ({"pilot_communes": ("90001",)}, {"commune_code": "90001"}, False),
        ({"pilot_communes": ("90001",)}, {"commune_code": "90005"}, True),
        ({"pilot_communes": ("90001",)}, {}, False),  # a place that nobody knows yet is not outside
    ],
)
def test_acceptance_marks_what_is_outside_the_pilot(
    intake: dict[str, object], report: dict[str, object], *, outside: bool
) -> None:
    """Sectors or area; never refused, and the mark stands in the event."""
    bench = accepted(with_intake(**intake), **report)

    fact = next(event for event in bench.events if isinstance(event, CaseAccepted))
    assert (bench.stage, bench.it.flags.out_of_scope, fact.out_of_scope) == ("accepted", outside, outside)


@pytest.mark.rule("TG-3.7")
def test_a_lead_that_is_at_work_need_not_be_named_again() -> None:
    """Otherwise no returned part could go to anybody else while the lead is busy."""
    bench = Bench("tien_giang").receive(category="transport")
    bench.do(DESK, "accept")
    bench.do(DISTRIBUTOR, "dispatch", agencies=["so_giao_thong", "so_van_hoa"])
    bench.do(DISTRIBUTOR, "report_deadlock", reason="Không thống nhất")
    owner = Actor("u-owner", frozenset({"owner"}))
    bench.do(owner, "decide_lead", agency="so_giao_thong")
    bench.do(staff("officer", "so_van_hoa"), "send_back", reason="Không thuộc thẩm quyền")

    bench.do(DISTRIBUTOR, "dispatch", agencies=["so_tai_nguyen"])

    stages = [(item.agency_id, item.stage) for item in bench.it.dispatches]
    assert stages == [("so_giao_thong", "distributed"), ("so_van_hoa", "redirected"), ("so_tai_nguyen", "distributed")]


@pytest.mark.rule("TG-3.7")
def test_a_lead_without_a_part_must_be_among_those_that_get_one() -> None:
    """The decision binds the next distribution."""
    bench = Bench("tien_giang").receive(category="transport")
    bench.do(DESK, "accept")
    bench.do(DISTRIBUTOR, "dispatch", agencies=["so_giao_thong"])
    bench.do(DISTRIBUTOR, "report_deadlock", reason="Không thống nhất")
    bench.do(Actor("u-owner", frozenset({"owner"})), "decide_lead", agency="so_van_hoa")

    assert bench.refused(DISTRIBUTOR, "dispatch", agencies=["so_tai_nguyen"]).details["lead"] == "so_van_hoa"
    assert isinstance(bench.ask(DISTRIBUTOR, "dispatch", agencies=["so_van_hoa"]), Decision)
