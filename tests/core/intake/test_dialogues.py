"""At least 300 scripted dialogues, in the tone of real people; at least 95 % reach the right draft."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from core.intake.fold import fold
from tests.core.intake.harness import Outcome, Player, outcome_of, rules

SCRIPTS = Path(__file__).parent / "dialogues"
AT_LEAST = 300
RIGHT_SHARE = 0.95


def load_scripts() -> list[dict[str, Any]]:
    """All scripts of the folder."""
    return [script for path in sorted(SCRIPTS.glob("*.yaml")) for script in YAML(typ="safe").load(path) or []]


def wrong_keys(script: dict[str, Any], outcome: Outcome) -> list[str]:
    """Which expectations do not hold, with what came instead."""
    found = observed(outcome)
    return [
        f"{key}: expected {wanted!r}, got {found[key]!r}"
        for key, wanted in expectations(script).items()
        if not holds(key, wanted, found[key])
    ]


def expectations(script: dict[str, Any]) -> dict[str, Any]:
    """What must hold; a submitted dialogue and an emergency have one report unless it says otherwise."""
    wanted = dict(script["expect"])
    if wanted["outcome"] in ("submitted", "emergency"):
        wanted.setdefault("reports", 1)
    return wanted


def observed(outcome: Outcome) -> dict[str, Any]:
    """What came of it, later corrections included, by the keys of a script."""
    supplied = [supply.fields for supply in outcome.supplies]
    place = latest([draft.place.text for draft in outcome.drafts], [fields.get("place", "") for fields in supplied])
    drafts = outcome.drafts
    contents = [draft.content for draft in drafts] + [fields.get("content", "") for fields in supplied]
    files = sum(len(draft.attachments) for draft in drafts) + sum(len(item.attachments) for item in outcome.supplies)
    return {
        "outcome": outcome.name,
        "reports": len(drafts),
        "content": "\n".join(contents),
        "place": place,
        "not_place": place,
        "time": latest([draft.occurred for draft in drafts], [fields.get("time", "") for fields in supplied]),
        "name": latest([draft.reporter.name for draft in drafts], [fields.get("name", "") for fields in supplied]),
        "phone": latest([", ".join(d.reporter.phones) for d in drafts], [f.get("phone", "") for f in supplied]),
        "email": latest([", ".join(d.reporter.emails) for d in drafts], [f.get("email", "") for f in supplied]),
        "category": ", ".join(draft.category_hint for draft in drafts),
        "confidential": outcome.confidential,
        "attachments": files,
        "asked": list(outcome.asked),
    }


def latest(submitted: list[str], supplied: list[str]) -> str:
    """Values of the drafts, the last one replaced by what was supplied later."""
    later = [value for value in supplied if value]
    return "; ".join([*submitted[:-1], later[-1]] if later else submitted)


def holds(key: str, wanted: Any, found: Any) -> bool:
    """Whether one expectation holds."""
    if key in ("content", "place", "time"):
        fragments = [wanted] if isinstance(wanted, str) else wanted
        return all(fold(str(fragment)) in fold(found) for fragment in fragments)
    if key == "not_place":
        return not any(fold(str(fragment)) in fold(found) for fragment in wanted)
    if key in ("name", "phone", "email"):
        return fold(str(wanted)) in fold(found)
    if key == "category":
        return str(wanted) in found.split(", ")
    return bool(wanted == found)


def play(script: dict[str, Any]) -> list[str]:
    """Play one script; the expectations that fail."""
    player = Player(rules(script["rules"]))
    player.play(script)
    return wrong_keys(script, outcome_of(player))


def test_there_are_enough_scripts() -> None:
    scripts = load_scripts()
    assert len(scripts) >= AT_LEAST
    assert len({script["id"] for script in scripts}) == len(scripts)


def test_nearly_all_dialogues_reach_the_right_draft() -> None:
    scripts = load_scripts()
    wrong = {script["id"]: problems for script in scripts if (problems := play(script))}
    for name, problems in wrong.items():
        print(name, *problems, sep="\n    ")
    right = 1 - len(wrong) / len(scripts)
    print(f"{len(scripts) - len(wrong)} of {len(scripts)} dialogues are right ({right:.1%})")
    assert right >= RIGHT_SHARE
