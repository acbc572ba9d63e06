"""A flow as a diagram (Mermaid), for people who read it over the telephone to somebody."""

from __future__ import annotations

from collections.abc import Iterator

from channels.call_center.flow.model import (
    Ask,
    Branch,
    Code,
    Collect,
    End,
    Flow,
    LookUp,
    Mark,
    Queue,
    Record,
    Step,
    Transfer,
)

_SHAPES: dict[str, tuple[str, str]] = {
    "ask": ("{{", "}}"),
    "collect": ("{{", "}}"),
    "branch": ("{", "}"),
    "record": ("[/", "/]"),
    "look_up": ("[(", ")]"),
    "transfer": ("[[", "]]"),
    "queue": ("[[", "]]"),
    "end": ("([", "])"),
}


def draw(flow: Flow) -> str:
    """Mermaid `flowchart`, ends with a newline."""
    return "\n".join(["flowchart TD", *_nodes(flow), *_edges(flow)]) + "\n"


def _nodes(flow: Flow) -> Iterator[str]:
    for name, step in flow.steps.items():
        left, right = _SHAPES.get(step.do, ("[", "]"))
        yield f'    {_id(name)}{left}"{name}{_what(step)}"{right}'


def _id(name: str) -> str:
    """`end` is a word of the language of diagrams."""
    return f"s_{name}"


def _what(step: Step) -> str:
    said = f"<br/>{' · '.join(step.say)}" if step.say else ""
    return (f"<br/>{detail}" if (detail := _detail(step)) else "") + said


def _detail(step: Step) -> str:
    match step:
        case Record():
            return f"record {step.part}, {step.longest_s:g} s"
        case Collect():
            return f"keys: {step.into}"
        case Transfer():
            return f"connect {step.to}"
        case Queue():
            return f"wait for a person: {' · '.join((step.queue, *sorted(step.skills)))}"
        case Mark():
            told = (step.purpose, step.emergency, step.language, step.rating, step.field)
            return next(filter(None, told), "no more calls" * step.opts_out)
        case Code():
            return "promise a code"
        case End(done=True):
            return "nobody calls back"
    return ""


def _edges(flow: Flow) -> Iterator[str]:
    for name, step in flow.steps.items():
        for label, to in _ways(step):
            yield f"    {_id(name)} -->{f'|{label}|' if label else ''} {_id(to)}"


def _ways(step: Step) -> Iterator[tuple[str, str]]:
    match step:
        case Ask():
            yield from step.keys.items()
            yield f"{step.tries} tries", step.otherwise
        case Collect() | Record():
            yield "", step.then
            yield f"{step.tries} tries", step.otherwise
        case Branch():
            yield f"{step.on}", step.yes
            yield "no", step.no
        case LookUp():
            yield from (("found", step.found), ("wrong", step.wrong), ("no answer", step.away))
        case Transfer():
            yield from (("", step.then), ("not taken", step.otherwise))
        case Queue():
            yield from (("talked", step.then), ("callback", step.callback), ("nobody", step.otherwise))
        case End():
            return
        case _:
            yield "", step.then
