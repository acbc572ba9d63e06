"""A reading is an option: choosing another one changes the pack as the reading says, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.clock.terms import WorkingDays
from core.clock.units import Allowance, DayCount
from core.contract.schema import FieldState
from core.regulations.lint import lint_regulation
from core.regulations.loader import BUNDLED, PackError, load_pack, pack_names
from core.regulations.model import ClockSpec, Pack
from tests.core.cases.bench import Bench, at, pack_of, staff
from tests.core.regulations.limits import with_option

SECTIONS = Pack.model_fields.keys() - {"id", "meta", "readings", "digest", "document"}


def with_choices(tmp_path: Path, **choices: str) -> Pack:
    """A deployment's own pack of a few lines."""
    folder = tmp_path / "cua_rieng"
    folder.mkdir()
    lines = "\n".join(f"  A-TG-{number}: {{choice: {choice}}}" for number, choice in choices.items())
    (folder / "pack.yaml").write_text(f"id: cua_rieng\nextends: tien_giang\nreadings:\n{lines}\n", encoding="utf-8")
    assert [finding for finding in lint_regulation(folder) if finding.severity.value == "error"] == []
    return load_pack("cua_rieng", roots=(tmp_path, BUNDLED))


@pytest.mark.rule("A-TG-2")
def test_media_may_be_required_on_the_app(tmp_path: Path) -> None:
    """Recommended unless chosen."""
    chosen = with_choices(tmp_path, **{"2": "app"}).intake.required["media"]

    assert (chosen.field, chosen.channels) == ("media", ("app",))
    assert "media" not in load_pack("tien_giang").intake.required


@pytest.mark.rule("A-TG-3")
def test_email_may_be_only_recommended(tmp_path: Path) -> None:
    """What the choice takes away is gone, also through `extends`."""
    intake = with_choices(tmp_path, **{"3": "recommended"}).intake

    assert "email" not in intake.required
    assert intake.recommended == ("media", "email")


@pytest.mark.rule("A-TG-5", "A-TG-6")
def test_two_choices_add_up(tmp_path: Path) -> None:
    """Six days from acceptance, and no automatic routing; the rest is as shipped."""
    shipped, pack = load_pack("tien_giang"), with_choices(tmp_path, **{"5": "acceptance", "6": "by_hand"})

    assert (shipped.clocks["processing"].start, pack.clocks["processing"].start) == (
        ("dispatch/distributed",),
        ("accept_dispatch",),
    )
    assert shipped.moves.keys() - pack.moves.keys() == {"dispatch_automatically"}
    assert (shipped.stages, shipped.intake, shipped.joins) == (pack.stages, pack.intake, pack.joins)


CHOICES = [
    (name, reading, option)
    for name in pack_names()
    for reading, entry in pack_of(name).readings.items()
    for option in entry.options
    if option != entry.choice
]


@pytest.mark.parametrize(("regulation", "reading", "option"), CHOICES, ids=[" ".join(row) for row in CHOICES])
def test_every_option_can_be_chosen_and_changes_something(
    tmp_path: Path, regulation: str, reading: str, option: str
) -> None:
    """An option that is offered and does nothing would mislead whoever chooses it."""
    file = tmp_path / "x.yaml"
    file.write_text(
        f"id: x\nextends: {regulation}\nreadings: {{{reading}: {{choice: '{option}'}}}}\n", encoding="utf-8"
    )
    shipped, pack = pack_of(regulation), load_pack(file)

    assert pack.readings[reading].choice == option
    assert any(getattr(shipped, section) != getattr(pack, section) for section in SECTIONS)


@pytest.mark.rule("A-0")
@pytest.mark.parametrize("regulation", [name for name in pack_names() if pack_of(name).readings["A-0"].options])
def test_days_may_be_counted_as_elapsed_time(tmp_path: Path, regulation: str) -> None:
    """Every limit of working days, with its variants."""
    file = tmp_path / "x.yaml"
    file.write_text(f"id: x\nextends: {regulation}\nreadings: {{A-0: {{choice: elapsed}}}}\n", encoding="utf-8")
    found = [(clock.id, limit) for clock in load_pack(file).clocks.values() for limit in in_working_days(clock)]

    assert found
    assert [name for name, limit in found if limit.options.day_count is not DayCount.ELAPSED] == []


def in_working_days(clock: ClockSpec) -> list[Allowance]:
    """The plain limit of a clock and its variants, as far as they are so many working days."""
    every = [clock.limit, *(other for _, other in clock.limit.variants)] if clock.limit else []
    return [limit for limit in every if limit is not None and isinstance(limit.of, WorkingDays)]


@pytest.mark.rule("A-HUE-1")
def test_the_thirty_minutes_may_be_working_time(tmp_path: Path) -> None:
    """Distributed on Friday fifteen minutes before the end of work: the other fifteen are on Monday."""
    bench = with_option(Bench(now=at("2026-11-20 17:15")), tmp_path, "readings: {A-HUE-1: {choice: wh}}")
    bench.receive().do(staff("receptionist"), "accept")
    bench.do(staff("distributor"), "dispatch", agencies=["so_xay_dung"])

    assert bench.it.clocks["acceptance:d1"].due_at == at("2026-11-23 07:45")


@pytest.mark.rule("A-HUE-3")
def test_what_the_source_does_not_say_can_be_switched_off(tmp_path: Path) -> None:
    """No refusal, question, secrecy or verdict; the five steps of the source go on without them."""
    option = "readings: {A-HUE-3: {choice: disabled}}"
    bench = with_option(Bench(), tmp_path, option).receive(completeness={"content": FieldState.GIVEN})
    assert not bench.names(staff("receptionist")) & {
        "decline",
        "request_supplement",
        "declare_none",
        "set_confidential",
    }
    assert bench.refused(staff("receptionist"), "decline", reason="Ngoài địa bàn").code == "not_in_regulation"

    bench.do(staff("receptionist"), "accept")
    bench.do(staff("distributor"), "dispatch", agencies=["so_xay_dung"])
    bench.do(staff("officer", "so_xay_dung"), "accept_dispatch")
    bench.do(staff("officer", "so_xay_dung"), "submit_result", result="Đã vá mặt đường")
    bench.do(staff("leader", "so_xay_dung"), "approve")
    bench.do(staff("editor"), "publish", text="Đã vá xong mặt đường")

    assert bench.stage == "published"
    assert not bench.pack.rating.levels


@pytest.mark.rule("A-TG-9")
def test_the_centre_may_name_a_lead_among_several_agencies(tmp_path: Path) -> None:
    """Not as shipped; where it is chosen, at any time while they work."""
    option = "readings: {A-TG-9: {choice: lead}}"
    bench = with_option(Bench("tien_giang"), tmp_path, option).receive(channel="app", category="transport")
    bench.do(staff("receptionist"), "accept")
    bench.do(staff("distributor"), "dispatch", agencies=["so_giao_thong", "so_tai_nguyen"])
    shipped = Bench("tien_giang", case=bench.case)
    assert shipped.refused(staff("distributor"), "decide_lead", agency="so_tai_nguyen").code == "role_not_allowed"

    bench.do(staff("distributor"), "decide_lead", agency="so_tai_nguyen")

    assert (bench.stage, bench.it.lead_agency) == ("in_progress", "so_tai_nguyen")


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        ("{choice: b, options: [a, b], text: x, changes: {c: {}}}", "none of the options"),
        ("{choice: c, options: [a, b], text: x}", "none of the options"),
        ("{choice: b, options: [a, b], text: x, changes: {b: {moves: {dispatch: {by: [nobody]}}}}}", "nobody"),
    ],
)
def test_a_reading_that_makes_no_sense_is_refused(tmp_path: Path, reading: str, words: str) -> None:
    """At load, with what is wrong."""
    file = tmp_path / "x.yaml"
    file.write_text(f"id: x\nextends: tien_giang\nreadings:\n  A-TG-1: {reading}\n", encoding="utf-8")

    with pytest.raises(PackError, match=words):
        load_pack(file)
