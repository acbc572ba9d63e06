"""
Every entry of a pack with its path, and what can happen at all under it: the ground that the checks share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, get_args

from pydantic import BaseModel

from core.regulations.graph import Edge, edges_of, node_id, opened
from core.regulations.lint.context import Context
from core.regulations.lint.finding import Path
from core.regulations.model import Pack, Stage
from core.regulations.references import INTERNAL_TRIGGERS
from core.regulations.words import Level, parse_trigger

Node = str


def entries(value: Any, path: Path = ()) -> Iterator[tuple[Path, BaseModel]]:
    """Each piece of the pack, the outer ones first, with the keys that lead to it."""
    if isinstance(value, BaseModel):
        yield path, value
        for name, field in type(value).model_fields.items():
            yield from entries(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from entries(item, (*path, str(key)))
    elif isinstance(value, tuple):
        for place, item in enumerate(value):
            yield from entries(item, (*path, str(place)))


class Subject:
    """One pack under the linter, with its graph of stages worked out once."""

    def __init__(self, pack: Pack, context: Context) -> None:
        """`pack` may point to things that do not exist; that is what the checks find out."""
        self.pack = pack
        self.context = context

    def stages(self) -> Iterator[tuple[Level, Stage]]:
        """All stages of all levels in the order written."""
        for level in get_args(Level):
            for stage in getattr(self.pack.stages, level).values():
                yield level, stage

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """All edges; what a move opens can also follow the stage that the move enters."""
        moves = [move for move in self.pack.moves.values() if move.opens is not None and move.to is not None]
        later = (Edge(node_id(move.at, str(move.to)), opened(move), "along", move.command) for move in moves)
        return (*edges_of(self.pack), *later)

    @cached_property
    def reachable(self) -> frozenset[Node]:
        """Every node that a new report can come to; going back leads nowhere new."""
        forward = targets_by_source(edge for edge in self.edges if edge.line != "back")
        return reachable_from(node_id("case", self.pack.first_stage), forward)

    @cached_property
    def exits(self) -> Mapping[Node, frozenset[Node]]:
        """What can follow each node by a move that names its stage: leaving by an "@open" one is not the way on."""
        return targets_by_source(edge for edge in self.edges if edge.named)

    def can_happen(self, trigger: str) -> bool:
        """Does some move enable the command, some path lead to the stage? A breach can always happen."""
        kind, word = parse_trigger(trigger)
        if kind == "command":
            return word in INTERNAL_TRIGGERS or bool(self.pack.moves_for(word))
        if kind == "breach":
            return word in self.pack.clocks
        level, _, stage = word.partition("/")
        return f"{level}_{stage}" in self.reachable


def targets_by_source(edges: Iterable[Edge]) -> Mapping[Node, frozenset[Node]]:
    """From each node to those that the edges lead to."""
    found: dict[Node, set[Node]] = {}
    for edge in edges:
        found.setdefault(edge.source, set()).add(edge.target)
    return {node: frozenset(targets) for node, targets in found.items()}


def reachable_from(node: Node, targets: Mapping[Node, frozenset[Node]]) -> frozenset[Node]:
    """The node itself and every node that can follow it."""
    seen = {node}
    waiting = [node]
    while waiting:
        new = targets.get(waiting.pop(), frozenset()) - seen
        seen |= new
        waiting.extend(new)
    return frozenset(seen)
