"""Each kind of lie is told, a sample of them is noticed, and (make chaos) nearly all of them are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.run import folders
from tests.support.record import record

ROOT = Path(__file__).parents[2]
EXPLAINED = Path(__file__).with_name("survivors.yaml")
ROLES = {"officer": {"level": "agency"}, "leader": {"level": "agency"}, "reporter": {"level": "reporter"}}


def lies(**sections: Any) -> list[Mutant]:
    document = {"roles": ROLES, **sections}
    return [one for one in mutants_of("tiny", document, document) if one.path[0] != "roles"]


def said(kind: str, **sections: Any) -> list[str]:
    return [one.said for one in lies(**sections) if one.kind == kind]


def clock(**fields: Any) -> dict[str, Any]:
    return {"clocks": {"intake": {"role": "officer", "cites": ["XY-1"], **fields}}}


def test_a_time_is_one_more_one_less_and_in_another_unit() -> None:
    """Also inside an expression, and never nothing at all."""
    assert said("value", **clock(allowance="2wh")) == ["2wh → 3wh", "2wh → 1wh"]
    assert said("unit", **clock(allowance="2wh")) == ["2wh → 2h"]
    assert said("value", **clock(allowance="1d")) == ["1d → 2d"]
    assert said("value", **clock(**{"from": "min(accept, opened + 1wh)"})) == [
        "min(accept, opened + 1wh) → min(accept, opened + 2wh)"
    ]
    assert said("value", **clock(allowance={"night": "before 07:00"})) == [
        "before 07:00 → before 07:01",
        "before 07:00 → before 06:59",
    ]


def test_somebody_else_acts_is_told_or_owns() -> None:
    """By another role, by one less, by one more; never a citizen in the place of an official."""
    move = {"accept": {"by": ["officer"], "cites": ["XY-1"]}}

    assert said("role", moves=move) == ["officer → leader", "and leader"]
    assert said("role", **clock()) == ["officer → leader"]
    assert said("role", **clock(breach={"tell": ["officer", "leader"]})) == [
        "officer → leader",
        "without officer",
        "without leader",
    ]


def test_an_entry_is_gone_and_one_agency_becomes_any_number() -> None:
    """And the reverse."""
    one = {"dispatch": {"by": ["officer"], "agencies": {"min": 1, "max": 1}, "cites": ["XY-1"]}}
    many = {"dispatch": {"by": ["officer"], "agencies": {"min": 1}, "cites": ["XY-1"]}}

    assert said("removed", moves=one) == ["dispatch"]
    assert said("count", moves=one) == ["1 → n"]
    assert said("count", moves=many) == ["n → 1"]


def test_a_word_of_the_regulation_is_changed() -> None:
    """Labels, groups, and what outsiders read."""
    stage = {"case": {"received": {"label": "Mới nhận", "public": "Đã nhận", "cites": ["XY-1"]}}}

    assert said("label", stages=stage) == ["Mới nhận → … khác", "Đã nhận → … khác"]
    assert said("label", intake={"groups": {"a": "Trật tự"}}) == ["Trật tự → Trật tự khác"]


def test_a_lie_names_the_rules_of_its_entry_and_leaves_the_rest_alone() -> None:
    """So that the tests of those rules can be asked."""
    (first, *_) = lies(**clock(allowance="2wh", label="Tiếp nhận"))

    assert first.cites == ("XY-1",)
    assert first.document["roles"] == ROLES
    assert first.name.startswith("tiny: clocks.intake")


@pytest.mark.parametrize("folder", folders())
def test_every_shipped_folder_can_be_lied_about(folder: str) -> None:
    """A folder without a single lie would be proved by nothing."""
    written = folders()

    assert any(written[folder] != one.document for one in mutants_of(folder, written[folder], written[folder]))


def falsify(tmp_path: Path, *options: str) -> dict[str, Any]:
    """The verdicts of a run in a process of its own: it forks."""
    verdicts = tmp_path / "verdicts.json"
    command = [sys.executable, "-m", "tests.mutation", *options, "--json", str(verdicts)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    told: dict[str, Any] = json.loads(verdicts.read_text(encoding="utf-8"))
    return told


def test_a_sample_of_lies_is_noticed(tmp_path: Path) -> None:
    """Some, spread over all packs, most of them by a test of what the rule does; make chaos tells all of them."""
    verdicts = falsify(tmp_path, "--sample", "14").values()

    killed, copied, survived = (sum(one[key] for one in verdicts) for key in ("killed", "fair copy", "survived"))
    assert [
        name for one in verdicts for name in one["survivors"] if not any(part in name for part in explained())
    ] == []
    assert killed >= 0.7 * (killed + copied + survived) > 0


@pytest.mark.chaos
@pytest.mark.timeout(4 * 3600)
@pytest.mark.parametrize("pack", folders())
def test_nearly_every_lie_about_a_regulation_is_noticed(pack: str, tmp_path: Path) -> None:
    """98 of 100, or all but two where there are fewer; and each of the others is explained."""
    (one,) = falsify(tmp_path, pack, "--jobs", str(len(os.sched_getaffinity(0)))).values()

    figures = {key: one[key] for key in ("killed", "fair copy", "survived", "refused", "unseen")}
    record("mutants", pack, {**figures, "noticed": f"{one['rate']:.1f} %"})
    why = {next((reason for part, reason in explained().items() if part in name), name) for name in one["survivors"]}
    record("survivors", pack, {"lies nobody noticed, and why": "; ".join(sorted(why)) or "none"})
    assert one["rate"] >= 98 or one["survived"] <= 2
    assert [name for name in one["survivors"] if not any(part in name for part in explained())] == []


def explained() -> dict[str, str]:
    """A part of the name of a lie → why no test has to notice it."""
    found: dict[str, str] = YAML(typ="safe").load(EXPLAINED.read_text(encoding="utf-8"))
    return found
