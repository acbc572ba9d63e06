"""
Whatever people try, in whatever order: no sequence leaves the table, and what is stored is what the events say.

Every step checks (in the bench) that the case equals the fold of its stored events, survives JSON, and stands in
stages the pack knows. Here, beside that: an allowed command is one the buttons showed, a stage is only entered along
a row of the table, due times move by events only, and every refusal can be shown to a person.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.cases.commands import NAMES
from core.cases.decide import Actor, Decision, Refusal
from core.cases.events import CaseMoved, CaseReceived, ClockEvent, Event
from tests.core.cases.bench import SYSTEM, Bench, staff
from tests.core.regulations.table import FILLED

HUE = ("so_xay_dung", "so_y_te", "ubnd_con_sen")
PACKS = {
    "thua_thien_hue": HUE,
    "quang_binh": ("so_xay_dung", "xd_ha_tang", "cong_an_tinh", "so_y_te"),
    "tien_giang": ("so_van_hoa", "huyen_cua_nam", "xa_vam_sen", "cty_moi_truong"),
    "lang_son": ("ubnd_hoa_dao", "ubnd_song_ky", "so_giao_thong", "cty_cap_nuoc"),
    "dak_lak": ("ubnd_thanh_pho", "phong_do_thi", "ubnd_ea_xanh", "cty_moi_truong"),
}
COMMUNES = {"lang_son": "90101", "dak_lak": "90201"}

Step = tuple[int, int, int, float]
steps = st.lists(
    st.tuples(st.integers(0, 999), st.integers(0, 999), st.integers(0, 999), st.floats(0, 90_000)),
    min_size=10,
    max_size=40,
)


def people(bench: Bench, agencies: tuple[str, ...]) -> list[Actor]:
    """Everybody who could have a say: each role, at each agency where it belongs to one."""
    actors = [Actor.reporter("an"), Actor.reporter("binh"), SYSTEM]
    for role in bench.pack.roles.values():
        if role.level in ("agency", "unit", "partner", "above"):
            actors += [staff(role.id, agency) for agency in agencies]
        elif role.level not in ("reporter", "system"):
            actors += [staff(role.id), staff(role.id, person="second")]
    return actors


def fields_for(bench: Bench, name: str, agencies: tuple[str, ...], number: int) -> dict[str, Any]:
    """A plausible form, with this agency and these grounds."""
    fields = dict(FILLED.get(name, {}))
    for key in ("agencies", "agency", "unit"):
        if key in fields:
            chosen = agencies[number % len(agencies)]
            fields[key] = [chosen] if key == "agencies" else chosen
    grounds = {"cancel": bench.pack.cancel_reasons, "decline": bench.pack.decline_reasons}.get(name)
    if grounds:
        fields["reason_code"] = sorted(grounds)[number % len(grounds)]
    if name in ("submit_result", "commit_interim"):
        fields["draft_answer"] = "Dự thảo"
    categories = sorted(bench.pack.intake.categories)
    if name == "classify" and categories:
        fields |= {"category": categories[number % len(categories)], "reason": "Đổi"}
    return fields


ASIDE = {
    "divert",
    "decline",
    "cancel",
    "mark_spam",
    "withhold",
    "flag_secret",
    "set_confidential",
    "raise_emergency",
    "link_report",
    "register_external",
    "notify_reporter",
    "log_verification_call",
    "request_supplement",
    "declare_none",
    "report_deadlock",
    "remind",
}
"""Commands that end the story or only decorate it: tried now and then, so that most stories get somewhere."""


def take(bench: Bench, agencies: tuple[str, ...], step: Step) -> None:
    """One more thing somebody tries: mostly a button they see, sometimes anything at all, sometimes a timer."""
    who, what, with_what, pause = step
    bench.wait(seconds=pause)
    if what % 9 == 0 and bench.it.clocks:
        bench.fire(sorted(bench.it.clocks)[with_what % len(bench.it.clocks)])
        return
    actors, anything = people(bench, agencies), what % 7 == 0
    shown = {actor: sorted(bench.names(actor)) for actor in actors}
    eager = [(a, name) for a in actors for name in shown[a] if name not in ASIDE or with_what % 12 == 0]
    if anything or not eager:
        actor, name = actors[who % len(actors)], sorted(NAMES)[with_what % len(NAMES)]
    else:
        actor, name = eager[who % len(eager)]
    answer = bench.ask(actor, name, **fields_for(bench, name, agencies, with_what))
    judge(bench, name, shown[actor], answer)


def judge(bench: Bench, name: str, shown: list[str], answer: Decision | Refusal) -> None:
    """Allowed only if it was shown; stages only along the table; refusals readable."""
    if isinstance(answer, Refusal):
        assert (answer.code != "", answer.http in (403, 409, 422)) == (True, True)
        assert answer.text_vi[0].isupper() or answer.text_vi[0] == "“"
        return
    assert name in shown
    before = bench.it
    bench.must(answer)
    check_moves(bench, name, answer.events, before.stage)
    check_due_times(before.clocks, bench.it.clocks, answer.events)


def check_moves(bench: Bench, name: str, events: tuple[Event, ...], stage: str) -> None:
    rows = bench.pack.moves_for(name)
    lawful = {row.to for row in rows} | {row.case_to for row in rows} | {j.case_to for j in bench.pack.joins.values()}
    for event in events:
        if isinstance(event, CaseMoved):
            assert event.came_from == stage
            assert event.to in lawful or "previous" in lawful
            stage = event.to
    assert bench.stage == stage


def check_due_times(before: dict[str, Any], after: dict[str, Any], events: tuple[Event, ...]) -> None:
    """U-11: no due time moves in silence."""
    spoken = {event.clock_id for event in events if isinstance(event, ClockEvent)}
    changed = {name for name, clock in after.items() if name not in before or before[name].due_at != clock.due_at}
    assert changed <= spoken


@pytest.mark.rule("U-11")
@pytest.mark.parametrize("pack", PACKS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=steps, confidential=st.booleans())
def test_no_sequence_of_commands_leaves_the_table(pack: str, steps: list[Step], confidential: bool) -> None:
    """Under each of the five packs."""
    bench = Bench(pack).receive(confidential=confidential, commune_code=COMMUNES.get(pack, "90011"))
    bench.others = {"c2": Bench(pack, now=bench.now).receive("c2", contact_id="binh").it}

    for step in steps:
        take(bench, PACKS[pack], step)

    assert isinstance(bench.events[0], CaseReceived)
    assert bench.it.version == len(bench.events)
    assert all(later.at >= earlier.at for earlier, later in zip(bench.events, bench.events[1:], strict=False))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=steps)
def test_deciding_twice_gives_the_same_events(steps: list[Step]) -> None:
    """`decide` is a function of case, command and context, and nothing else."""
    bench = Bench().receive()
    for step in steps:
        take(bench, HUE, step)

    for actor in people(bench, HUE):
        for name in sorted(bench.names(actor)):
            fields = fields_for(bench, name, HUE, 0)
            assert bench.ask(actor, name, **fields) == bench.ask(actor, name, **fields)
