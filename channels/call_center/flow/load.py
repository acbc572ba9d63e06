"""
Reading a flow from YAML, and saying of every mistake which file, which line and what.

A province's own flow may be `based_on` another: its steps, queues and offers replace those of the same name, null takes
a step away, and with it what was offered of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from channels.call_center.flow.faults import Fault
from channels.call_center.flow.model import Flow

DATA = Path(__file__).parent / "data"
STANDARD, RESULT_FLOW, CODE_FLOW = "standard", "result", "code"
"""Flows that are shipped: of callers, and of those whom the machine calls with a result or a one-time password."""


@dataclass(frozen=True)
class Mistake:
    """
    What is wrong in a flow; `line` is 1 where it is the whole file.

    `fault`: which of those that have a name, at which `step`, about what; None where the file cannot even be read.
    """

    file: str
    line: int
    reason: str
    fault: Fault | None = None
    step: str = ""
    about: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


class FlowInvalid(Exception):
    """A flow that cannot be followed."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("; ".join(map(str, mistakes)))
        self.mistakes = mistakes


@dataclass(frozen=True)
class Source:
    """A flow with where each of its steps was written: name → (file, line)."""

    flow: Flow
    places: Mapping[str, tuple[str, int]]
    file: str

    def mistake(self, step: str, fault: Fault, *about: str) -> Mistake:
        """Something wrong with a step, or with the whole flow."""
        file, line = self.places.get(step, (self.file, 1))
        reason = fault.format(*about)
        return Mistake(file, line, f"{step}: {reason}" if step else reason, fault, step, about)


def read_flow(path: Path | None = None) -> Source:
    """The flow of a file, else the standard one. Raises FlowInvalid."""
    path = path or _shipped(STANDARD)
    raw, places = _read(path, ())
    try:
        flow = Flow.model_validate(raw)
    except ValidationError as error:
        raise FlowInvalid(list(_explained(error, places, path.name))) from None
    return Source(flow, places, path.name)


def read_named(name: str) -> Source:
    """A flow that is shipped. Raises FlowInvalid."""
    return read_flow(_shipped(name))


def _shipped(name: str) -> Path:
    return DATA / f"{name}.yaml"


def _read(path: Path, inside: tuple[Path, ...]) -> tuple[dict[str, Any], dict[str, tuple[str, int]]]:
    written = _parse(path)
    places = _places(written, path.name)
    own = dict(written)
    base = own.pop("based_on", None)
    steps = dict(own.get("steps") or {})
    if base is not None:
        under = path.parent / f"{base}.yaml"
        under = under if under.exists() else _shipped(base)
        if under in (path, *inside):
            raise FlowInvalid([Mistake(path.name, 1, f"based_on: {base} leads back to itself")])
        inherited, before = _read(under, (*inside, path))
        steps = inherited["steps"] | steps
        for part in ("queues", "offers"):
            own[part] = inherited.get(part, {}) | own.get(part, {})
        own, places = inherited | own, before | places
    own["steps"] = {name: step for name, step in steps.items() if step is not None}
    own["offers"] = {name: offer for name, offer in own.get("offers", {}).items() if name in own["steps"]}
    return own, places


def _parse(path: Path) -> Mapping[str, Any]:
    try:
        written = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FlowInvalid([Mistake(path.name, 1, f"cannot be read: {error.strerror}")]) from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FlowInvalid([Mistake(path.name, line, f"no YAML: {error.problem}")]) from None
    if not isinstance(written, dict) or not isinstance(written.get("steps", {}), dict):
        raise FlowInvalid([Mistake(path.name, 1, "a flow is a mapping with `steps`")])
    return written


def _places(written: Mapping[str, Any], file: str) -> dict[str, tuple[str, int]]:
    steps = written.get("steps")
    return {str(name): (file, steps.lc.key(name)[0] + 1) for name in steps} if steps else {}


def _explained(error: ValidationError, places: Mapping[str, tuple[str, int]], file: str) -> Iterator[Mistake]:
    for one in error.errors(include_url=False, include_input=False):
        path = [str(part) for part in one["loc"]]
        step = path[1] if path[:1] == ["steps"] and len(path) > 1 else ""
        where, line = places.get(step, (file, 1))
        yield Mistake(where, line, f"{'.'.join(path)}: {one['msg']}")
