"""
The stages of a pack as a graph: which can follow which, by what, across levels. Ground of drawing and linter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from core.regulations.model import Join, Move, Pack
from core.regulations.words import Level

PREVIOUS = "previous"

Line = Literal["move", "along", "back"]
"""move: the stage itself changes · along: another level follows · back: to the stage where it was before."""


@dataclass(frozen=True)
class Edge:
    """
    From one stage's node to another's.

    Args:
        label: "command · roles · rules".
        named: the move names the stage it starts from, rather than every open one ("@open").
    """

    source: str
    target: str
    line: Line
    label: str
    named: bool = True


def node_id(level: Level, stage: str) -> str:
    """The name of a stage's node: `dispatch_processing`."""
    return f"{level}_{stage}"


def edges_of(pack: Pack) -> Iterator[Edge]:
    """Everything that changes a stage, in the order of the pack; moves that leave the stage as it is are left out."""
    for move in pack.moves.values():
        yield from _edges_of_move(pack, move)
    for join in pack.joins.values():
        yield from _edges_of_join(join)


def _edges_of_move(pack: Pack, move: Move) -> Iterator[Edge]:
    label = _label(pack, move)
    origins = [name for name in getattr(pack.stages, move.at) if name in pack.origins(move)]
    for origin in origins:
        source, named = node_id(move.at, origin), origin in move.from_
        for target, line in _targets(pack, move, origin):
            yield Edge(source, target, line, label, named)
        yield from (Edge(source, target, "along", label, named) for target in _follows(pack, move))
    for before, after in move.dispatches.items():
        yield Edge(node_id("dispatch", before), node_id("dispatch", after), "along", label)
    yield from (replace(edge, label=label) for edge in _other_case(pack, move, origins))


def _targets(pack: Pack, move: Move, origin: str) -> Iterator[tuple[str, Line]]:
    """The stage entered; "previous" is every stage from which the present one can be entered."""
    if move.to == PREVIOUS:
        yield from ((node_id(move.at, name), "back") for name in _entered_from(pack, move.at, origin))
    elif move.to is not None and move.to != origin:
        yield node_id(move.at, move.to), "move"


def _follows(pack: Pack, move: Move) -> Iterator[str]:
    """Stages of other levels that the command enters as well: what it opens, where the case goes."""
    if move.opens is not None:
        yield opened(move)
    if move.case_to is not None:
        yield node_id("case", move.case_to)


def opened(move: Move) -> str:
    """The node of the dispatch or coordination that the command creates. Only for moves that open one."""
    return node_id("coordination" if move.command == "request_coordination" else "dispatch", str(move.opens))


def _other_case(pack: Pack, move: Move, origins: list[str]) -> Iterator[Edge]:
    """Linking moves another case aside, from any stage in which linking is allowed; unlinking brings it back."""
    if move.other_to == PREVIOUS:
        linked = dict.fromkeys(m.other_to for m in pack.moves.values() if m.other_to not in {None, PREVIOUS})
        for aside, before in (
            (name, before) for name in linked if name for before in _entered_from(pack, "case", name)
        ):
            yield Edge(node_id("case", aside), node_id("case", before), "back", "")
    elif move.other_to is not None:
        for origin in origins:
            if origin != move.other_to:
                yield Edge(node_id("case", origin), node_id("case", move.other_to), "move", "", origin in move.from_)


def _entered_from(pack: Pack, level: Level, stage: str) -> Iterator[str]:
    """The stages from which some move leads to this one, in the order of the pack."""
    moves = [m for m in pack.moves.values() if m.at == level and stage in {m.to, m.other_to}]
    origins = {name for move in moves for name in pack.origins(move)}
    yield from (name for name in getattr(pack.stages, level) if name in origins - {stage})


def _edges_of_join(join: Join) -> Iterator[Edge]:
    label = " · ".join((f"({join.id})", ", ".join(join.cites)))
    for source in join.needs:
        yield Edge(node_id("dispatch", source), node_id("case", join.case_to), "along", label)
    for source in join.case_from:
        if source != join.case_to:
            yield Edge(node_id("case", source), node_id("case", join.case_to), "move", label)


def _label(pack: Pack, move: Move) -> str:
    roles = ", ".join(pack.roles[role].label if role in pack.roles else role for role in move.by)
    return " · ".join((move.command, roles, ", ".join(move.cites)))
