"""
`docs/channels.md`: what crosses, both ways, on every channel; made from `channels/<name>/crosses.yaml`.

Each trait of a channel is one of

    yes             it crosses as what it is; `yes: note` says how, or how far
    words: note     there is no such thing on the channel, people and gateway say it in words, and are understood
    no: reason      it does not cross; why is one of `REASONS`, and nothing else is accepted
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from ruamel.yaml import YAML

from core.contract.errors import ConfigError

CHANNELS = Path(__file__).resolve().parents[1] / "channels"
PAGE = CHANNELS.parent / "docs" / "channels.md"
FILE = "crosses.yaml"

COMES_IN: Mapping[str, str] = MappingProxyType(
    {
        "words": "words",
        "photos": "photos",
        "voice": "voice and video",
        "documents": "documents",
        "place": "a place",
        "phone": "a phone number",
        "buttons": "a pressed button",
        "edits": "words that were changed afterwards",
        "delivered": "that our message arrived, or did not",
        "read": "that our message was read",
        "elsewhere": "what colleagues answered past the gateway",
        "stop": "that somebody wants to hear no more",
    }
)
GOES_OUT: Mapping[str, str] = MappingProxyType(
    {
        "words": "words",
        "buttons": "choices",
        "photos": "photos",
        "documents": "documents",
        "ask_phone": "asking for a phone number",
        "ask_place": "asking for a place",
        "codes": "one-time passwords",
        "news": "news long after the citizen wrote",
    }
)
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "not_at_provider": "The provider has no such thing.",
        "not_told": "It happens at the provider, and the provider does not tell us.",
        "asked_on_page": "The page itself has a field or a button for it; nothing has to be sent.",
        "read_here": "People read it on our own page; nothing is carried anywhere.",
        "new_words": "Nothing that was sent can be changed afterwards; a correction is a new message.",
        "one_desk": "Nobody can answer there but through the gateway.",
        "nothing_to_stop": "Nothing is sent that was not asked for with the report.",
        "behind_link": "It is too large or too dear to carry: the message holds a link to it.",
        "is_the_number": "The sender's address is the number.",
        "carries_no_codes": "Whoever holds this address proves nothing by it that a regulation asks for.",
    }
)
"""Why something does not cross; the whole list."""
_INTRODUCTION = """# What crosses

Made by `langnghe channel table --write` from `channels/*/crosses.yaml`; a test keeps it current. **yes**: as what it
is; *in words*: said and understood in words; –<sup>n</sup>: not applicable, for the reason of that number below. More
about each channel stands in its own README.
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


def read_columns(folder: Path = CHANNELS) -> list[Column]:
    """Every channel that says what crosses, by name. Raises ConfigError for a trait or a reason that is none."""
    return [_column(path) for path in sorted(folder.glob(f"*/{FILE}"))]


def table(columns: list[Column]) -> str:
    """The page."""
    numbers = {reason: number for number, reason in enumerate(REASONS, 1)}
    used = {one.note for column in columns for one in _crossings(column) if one.how == "no"}
    parts = [
        _INTRODUCTION,
        _section("In: from the citizen, or from the provider", COMES_IN, columns, numbers),
        _section("Out: to the citizen", GOES_OUT, columns, numbers),
        "## Why something does not cross\n",
        *(f"{numbers[reason]}. {why}" for reason, why in REASONS.items() if reason in used),
    ]
    return "\n".join(parts) + "\n"


def _crossings(column: Column) -> list[Crossing]:
    return [*column.comes_in.values(), *column.goes_out.values()]


def _section(title: str, traits: Mapping[str, str], columns: list[Column], numbers: Mapping[str, int]) -> str:
    incoming = traits is COMES_IN
    lines = [f"## {title}\n", _row("", *(f"[{one.label}](../channels/{one.name}/README.md)" for one in columns))]
    lines.append(_row(*["---"] * (len(columns) + 1)))
    for trait, label in traits.items():
        crossings = [(one.comes_in if incoming else one.goes_out)[trait] for one in columns]
        lines.append(_row(label, *(_cell(one, numbers) for one in crossings)))
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
    sides = [_side(name, f"{side}", held.get(side), traits) for side, traits in (("in", COMES_IN), ("out", GOES_OUT))]
    return Column(name, str(held["label"]), *sides)


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
