"""
`docs/channels.md`: what crosses, both ways, on every channel; made from `channels/<name>/crosses.yaml`.

Each trait of a channel is one of

    yes             it crosses as what it is; `yes: note` says how, or how far
    words: note     there is no such thing on the channel, people and gateway say it in words, and are understood
    no: reason      it does not cross; why is one of `REASONS`, and nothing else is accepted

What the contract suite tries on a channel stands below that: everything of `TRIED`, but for what `untried` names, with
such a reason; where one channel has several providers, with a reason for each of them that lacks it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from core.contract.errors import ConfigError
from gateway.channel_traits import COMES_IN, GOES_OUT, REASONS, TRIED

CHANNELS = Path(__file__).resolve().parents[1] / "channels"
PAGE = CHANNELS.parent / "docs" / "channels.md"
FILE = "crosses.yaml"

_INTRODUCTION = """# What crosses

Made by `langnghe channel table --write` from `channels/*/crosses.yaml`; a test keeps it current. **yes**: as what it
is; *in words*: said and understood in words; –<sup>n</sup>: not applicable, for the reason of that number below. More
about each channel stands in its own README.
"""
_TRIALS = """## What the contract suite tries

On every channel alike: repeated deliveries, eight of the same at once, marks and none, an iPhone's letters, emoji,
20,000 and 100,000 characters, markup, damage of every sort, secrets and names that must not be printed, a provider that
is away, a temporary and a final refusal. Beyond that, where the provider can do it at all:
"""


@dataclass(frozen=True)
class Crossing:
    """One trait of one channel. `how`: yes, words or no; `note`: for no, the id of the reason."""

    how: str
    note: str = ""


@dataclass(frozen=True)
class Column:
    """One channel."""

    name: str
    label: str
    comes_in: Mapping[str, Crossing]
    goes_out: Mapping[str, Crossing]
    untried: Mapping[str, Mapping[str, str]] | None = None
    """Provider (empty: the only one) → what cannot be tried on it → the reason; None: not under contract."""


def read_columns(folder: Path = CHANNELS) -> list[Column]:
    """Every channel that says what crosses, by name. Raises ConfigError for a trait or a reason that is none."""
    return [_column(path) for path in sorted(folder.glob(f"*/{FILE}"))]


def table(columns: list[Column]) -> str:
    """The page."""
    numbers = {reason: number for number, reason in enumerate(REASONS, 1)}
    used = set(reasons_of(columns))
    parts = [
        _INTRODUCTION,
        _section("In: from the citizen, or from the provider", COMES_IN, columns, numbers),
        _section("Out: to the citizen", GOES_OUT, columns, numbers),
        _trials([column for column in columns if column.untried is not None], numbers),
        "## Why something does not cross\n",
        *(f"{numbers[reason]}. {why}" for reason, why in REASONS.items() if reason in used),
    ]
    return "\n".join(parts) + "\n"


def reasons_of(columns: list[Column]) -> list[str]:
    """Every reason that is given, as often as it is."""
    return [reason for column in columns for reason in _reasons(column)]


def _reasons(column: Column) -> list[str]:
    crossings = [*column.comes_in.values(), *column.goes_out.values()]
    untried = [reason for lacks in (column.untried or {}).values() for reason in lacks.values()]
    return [*(one.note for one in crossings if one.how == "no"), *untried]


def _section(title: str, traits: Mapping[str, str], columns: list[Column], numbers: Mapping[str, int]) -> str:
    incoming = traits is COMES_IN
    lines = [f"## {title}\n", _row("", *(f"[{one.label}](../channels/{one.name}/README.md)" for one in columns))]
    lines.append(_row(*["---"] * (len(columns) + 1)))
    for trait, label in traits.items():
        crossings = [(one.comes_in if incoming else one.goes_out)[trait] for one in columns]
        lines.append(_row(label, *(_cell(one, numbers) for one in crossings)))
    return "\n".join(lines) + "\n"


def _trials(columns: list[Column], numbers: Mapping[str, int]) -> str:
    providers = [(column, name) for column in columns for name in column.untried or {}]
    lines = [_TRIALS, _row("", *(f"{column.label}{f': {name}' if name else ''}" for column, name in providers))]
    lines.append(_row(*["---"] * (len(providers) + 1)))
    for trait, label in TRIED.items():
        reasons = [(column.untried or {})[name].get(trait, "") for column, name in providers]
        lines.append(_row(label, *(f"–<sup>{numbers[reason]}</sup>" if reason else "✓" for reason in reasons)))
    return "\n".join(lines) + "\n"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(one: Crossing, numbers: Mapping[str, int]) -> str:
    if one.how == "no":
        return f"–<sup>{numbers[one.note]}</sup>"
    mark = "**yes**" if one.how == "yes" else "*in words*"
    return f"{mark}: {one.note}" if one.note else mark


def _column(path: Path) -> Column:
    held = YAML(typ="safe").load(path)
    name = path.parent.name
    comes_in, goes_out = (
        _side(name, side, held.get(side), traits) for side, traits in (("in", COMES_IN), ("out", GOES_OUT))
    )
    return Column(name, str(held["label"]), comes_in, goes_out, _untried(name, held))


def _untried(name: str, held: Mapping[str, Any]) -> dict[str, dict[str, str]] | None:
    """For each provider by itself what the file says of several at once."""
    if "untried" not in held:
        return None
    providers = [str(one) for one in held.get("providers", [""])]
    found: dict[str, dict[str, str]] = {provider: {} for provider in providers}
    for trait, given in dict(held["untried"] or {}).items():
        if trait not in TRIED:
            raise ConfigError(f"{name}.untried.{trait}", "tried nowhere", example="window: any_time")
        for provider, reason in _each(given, providers).items():
            if provider not in found or reason not in REASONS:
                problem = f"no provider or no reason of the list: {provider} {reason}"
                raise ConfigError(f"{name}.untried.{trait}", problem, example="window: any_time")
            found[provider][trait] = reason
    return found


def _each(given: object, providers: list[str]) -> dict[str, str]:
    """Provider → reason."""
    if isinstance(given, dict):
        return {str(one): str(why) for one, why in given.items()}
    return dict.fromkeys(providers, str(given))


def _side(name: str, side: str, held: object, traits: Mapping[str, str]) -> dict[str, Crossing]:
    given = held if isinstance(held, dict) else {}
    if given.keys() != traits.keys():
        wrong = ", ".join(sorted(given.keys() ^ traits.keys()))
        raise ConfigError(f"{name}.{side}", f"traits that are missing or unknown: {wrong}", example='words: "yes"')
    return {trait: _crossing(f"{name}.{side}.{trait}", str(given[trait])) for trait in traits}


def _crossing(key: str, text: str) -> Crossing:
    how, _, note = (part.strip() for part in text.partition(":"))
    if how not in ("yes", "words", "no") or (how == "words" and not note):
        raise ConfigError(key, f"neither yes, words nor no: {text!r}", example='"words: a link to a map"')
    if how == "no" and note not in REASONS:
        raise ConfigError(key, f"no reason of the list: {note!r}", example="no: not_at_provider")
    return Crossing(how, note)
