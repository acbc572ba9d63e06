"""
Which way leads to an answer, read from the pack: how many steps each stage is away from a finished case.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from core.regulations.graph import Edge, edges_of, node_id, opened
from core.regulations.model import Pack

RARE = frozenset({"escalate", "report_deadlock"})
"""Nobody's usual way, even where it is the shorter one: the text keeps them for what an agency cannot do itself."""

FAR = 99
"""Steps from where no way leads to an answer: refused, cancelled, given back."""


class Chart:
    """Distances of a pack's stages, worked out once."""

    def __init__(self, pack: Pack) -> None:
        edges = [edge for edge in (*edges_of(pack), *_opening(pack)) if _leads_on(edge)]
        done = [node_id("case", stage.id) for stage in pack.stages.case.values() if stage.kind == "done"]
        self._steps = _distances(done, edges)
        self._targets: dict[tuple[str, str], list[str]] = {}
        for edge in edges:
            self._targets.setdefault((edge.source, _command(edge)), []).append(edge.target)
        clocks = pack.clocks.values()
        self._ends = {(clock.id, word) for clock in clocks for word in clock.stop if word not in RARE}

    def steps(self, node: str) -> int:
        """How far a stage (`case_accepted`) is from an answer."""
        return self._steps.get(node, FAR)

    def gain(self, node: str, command: str) -> int:
        """Steps nearer to an answer by this command: positive leads on, 0 stays, negative leads away."""
        targets = self._targets.get((node, command))
        return self.steps(node) - min(map(self.steps, targets)) if targets else 0

    def ends(self, clock: str, command: str) -> bool:
        """Whether the limit is met by this command."""
        return (clock, command) in self._ends


def _leads_on(edge: Edge) -> bool:
    """
    Whether somebody gets anywhere by it. Not back to where they were; and what waits for all its parts comes no nearer
    by waiting: only the parts lead on, or a part that is given back would look like a short cut.
    """
    waits = edge.label.startswith("(") and edge.line == "move"
    return edge.line != "back" and not waits and _command(edge) not in RARE


def _command(edge: Edge) -> str:
    return edge.label.partition(" ")[0]


def _opening(pack: Pack) -> Iterable[Edge]:
    """What a move opens can also follow the stage that the move enters."""
    for move in pack.moves.values():
        if move.opens is not None and move.to is not None:
            yield Edge(node_id(move.at, str(move.to)), opened(move), "along", "(opened)")


def _distances(ends: Iterable[str], edges: Iterable[Edge]) -> dict[str, int]:
    sources: dict[str, set[str]] = {}
    for edge in edges:
        sources.setdefault(edge.target, set()).add(edge.source)
    steps = dict.fromkeys(ends, 0)
    waiting = deque(steps)
    while waiting:
        node = waiting.popleft()
        for source in sources.get(node, set()) - steps.keys():
            steps[source] = steps[node] + 1
            waiting.append(source)
    return steps
