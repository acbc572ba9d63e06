"""
The state diagram of a pack, drawn from its data: Graphviz DOT and Mermaid text, always the same for the same pack.

A node is a stage with its Vietnamese label, an edge a move with its command, the roles that may issue it and the rules
it comes from. The stages of one agency's part and of a coordination stand in boxes of their own; an edge that crosses
a box says what opens, or moves along with, the other side. Moves that leave the stage as it is are not drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from core.regulations.graph import Line, edges_of, node_id
from core.regulations.model import Pack, Stage
from core.regulations.words import Level

BOX_TITLES = {"dispatch": "Phần việc của từng cơ quan", "coordination": "Phối hợp"}
START = "start"
LINES = {"move": "", "along": ", style=dashed", "back": ", style=dotted"}
SHAPES = {"open": "", "aside": ', style="rounded,dashed"', "done": ", peripheries=2", "closed": ', fillcolor="#dddddd"'}


@dataclass(frozen=True)
class Diagram:
    """Nodes in the order of the pack, edges in the order of nodes; labels of parallel edges stand together."""

    name: str
    title: str
    first: str
    stages: tuple[tuple[Level, Stage], ...]
    edges: tuple[tuple[str, str, Line, tuple[str, ...]], ...]


def diagram_of(pack: Pack) -> Diagram:
    """All stages and everything that changes one, ready to be written in either language."""
    stages = tuple((level, stage) for level in get_args(Level) for stage in getattr(pack.stages, level).values())
    order = {node_id(level, stage.id): place for place, (level, stage) in enumerate(stages)}
    grouped: dict[tuple[str, str, Line], dict[str, None]] = {}
    for edge in edges_of(pack):
        grouped.setdefault((edge.source, edge.target, edge.line), {})[edge.label] = None
    keys = sorted(grouped, key=lambda key: (order.get(key[0], -1), order.get(key[1], -1), key))
    edges = tuple((*key, tuple(grouped[key])) for key in keys)
    return Diagram(pack.id, pack.meta.title, node_id("case", pack.first_stage), stages, edges)


def to_dot(pack: Pack) -> str:
    """The diagram in the language of Graphviz; UTF-8, ends with a newline."""
    diagram = diagram_of(pack)
    lines = [
        f"digraph {_quoted(diagram.name)} {{",
        f"  label={_quoted(diagram.title)}; labelloc=t; rankdir=TB; compound=true;",
        '  node [shape=box, style="rounded,filled", fillcolor=white, fontname="sans-serif"];',
        '  edge [fontname="sans-serif", fontsize=10];',
        f'  {START} [shape=point, label=""];',
        *_dot_boxes(diagram),
        f'  {START} -> {diagram.first} [label="receive_report"];',
        *(_dot_edge(*edge) for edge in diagram.edges),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _dot_boxes(diagram: Diagram) -> Iterator[str]:
    for level in get_args(Level):
        nodes = [f"{_dot_node(at, stage)}" for at, stage in diagram.stages if at == level]
        if level in BOX_TITLES and nodes:
            yield f"  subgraph cluster_{level} {{"
            yield f"    label={_quoted(BOX_TITLES[level])}; style=rounded;"
            yield from (f"  {node}" for node in nodes)
            yield "  }"
        else:
            yield from nodes


def _dot_node(level: Level, stage: Stage) -> str:
    return f"  {node_id(level, stage.id)} [label={_quoted(stage.label)}{SHAPES[stage.kind]}];"


def _dot_edge(source: str, target: str, line: Line, labels: tuple[str, ...]) -> str:
    return f"  {source} -> {target} [label={_quoted(chr(10).join(labels))}{LINES[line]}];"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def to_mermaid(pack: Pack) -> str:
    """The diagram in the language of Mermaid (stateDiagram-v2), which wikis and forges show; ends with a newline."""
    diagram = diagram_of(pack)
    ended = [node_id(level, s.id) for level, s in diagram.stages if level == "case" and s.kind == "closed"]
    lines = [
        "---",
        f"title: {_quoted(diagram.title)}",
        "---",
        "stateDiagram-v2",
        *_mermaid_boxes(diagram),
        f"  [*] --> {diagram.first} : receive_report",
        *(f"  {source} --> {target} : {_plain(' / '.join(labels))}" for source, target, _, labels in diagram.edges),
        *(f"  {node} --> [*]" for node in ended),
    ]
    return "\n".join(lines) + "\n"


def _mermaid_boxes(diagram: Diagram) -> Iterator[str]:
    for level in get_args(Level):
        nodes = [f'  state "{_plain(s.label)}" as {node_id(at, s.id)}' for at, s in diagram.stages if at == level]
        if level in BOX_TITLES and nodes:
            yield f'  state "{BOX_TITLES[level]}" as {level} {{'
            yield from (f"  {node}" for node in nodes)
            yield "  }"
        else:
            yield from nodes


def _plain(text: str) -> str:
    """Mermaid gives quotes, colons and semicolons a meaning of their own inside a label."""
    return text.replace('"', "”").replace(":", "∶").replace(";", ",").replace("\n", " ")
