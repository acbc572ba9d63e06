"""
A page for each regulation, drawn from its data: `docs/regulations/<name>.md`.

The state diagram, the time limits and the moves as tables, so that somebody who knows the decision can read what the
product does without reading YAML. Written by `langnghe regulation draw --all --write`, the same for the same pack.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from core.cases.commands import REGISTRY
from core.regulations.draw import to_mermaid
from core.regulations.loader import load_pack, pack_names
from core.regulations.model import ClockSpec, Move, Pack

FOLDER = Path("docs/regulations")
REWRITE = "langnghe regulation draw --all --write"
UNSET = "không quy định"


def pages() -> dict[Path, str]:
    """Every page below the root of the project, with its text: one a shipped pack, and their list."""
    packs = [load_pack(name) for name in pack_names()]
    return {FOLDER / "README.md": index(packs)} | {FOLDER / f"{pack.id}.md": page(pack) for pack in packs}


def index(packs: Iterable[Pack]) -> str:
    """The list of pages."""
    rows = [f"| [{pack.id}]({pack.id}.md) | {_cell(pack.meta.title)} | {_dates(pack)} |" for pack in packs]
    head = ["# Regulations", "", f"Drawn from their data by `{REWRITE}`; nobody types these pages.", ""]
    return "\n".join([*head, "| regulation | what it carries out | in force |", "| --- | --- | --- |", *rows]) + "\n"


def page(pack: Pack) -> str:
    """One regulation: diagram, time limits, moves. Ends with a newline."""
    lines = [
        f"# {pack.meta.title}",
        "",
        f"`{pack.id}` · {_dates(pack)} · drawn from its data by `{REWRITE}`; nobody types this page.",
        "",
        *(f"- {source}" for source in pack.meta.sources),
        "",
        "## Stages",
        "",
        "```mermaid",
        to_mermaid(pack).rstrip("\n"),
        "```",
        "",
        "## Time limits",
        "",
        *_table(
            ("clock", "whose", "limit", "starts", "ends", "rules"), (_clock(pack, c) for c in pack.clocks.values())
        ),
        "",
        "## Moves",
        "",
        *_table(("command", "button", "who", "from", "to", "rules"), (_move(pack, m) for m in pack.moves.values())),
    ]
    return "\n".join(lines) + "\n"


def _dates(pack: Pack) -> str:
    since, until = pack.meta.in_force_from, pack.meta.in_force_until
    return " ".join(filter(None, [f"from {since}" if since else "", f"until {until}" if until else ""])) or "undated"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for cells in (head, ("---",) * len(head), *rows):
        yield f"| {' | '.join(cells)} |"


def _clock(pack: Pack, clock: ClockSpec) -> tuple[str, ...]:
    limit = UNSET if clock.allowance == "unset" else f"`{clock.allowance}`"
    starts = [*clock.start, *(f"{one} (anew)" for one in clock.restart), *(f"{one} (goes on)" for one in clock.resume)]
    return (
        _cell(clock.label),
        _role(pack, clock.role) if clock.role else clock.kind,
        _cell(limit),
        _cell(", ".join(starts)),
        _cell(", ".join(clock.stop)) or "–",
        _cell(", ".join(clock.cites)),
    )


def _move(pack: Pack, move: Move) -> tuple[str, ...]:
    label = move.label or (REGISTRY[move.command].label if move.command in REGISTRY else "")
    beyond = " (beyond the text)" if move.beyond_text else ""
    return (
        f"`{move.command}`",
        _cell(label),
        ", ".join(_role(pack, role) for role in move.by),
        _cell(", ".join(move.from_)),
        _cell(" · ".join(filter(None, [move.to, f"case: {move.case_to}" if move.case_to else ""]))) or "stays",
        _cell(", ".join(move.cites)) + beyond,
    )


def _role(pack: Pack, role: str) -> str:
    return _cell(pack.roles[role].label if role in pack.roles else role)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
