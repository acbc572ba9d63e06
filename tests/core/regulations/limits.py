"""
What the tests of limits share: a step done at a moment and how late it was, and a pack with one of its options taken.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.cases.commands import NoteRequest
from core.cases.decide import Actor, Decision, Refusal, decide
from core.cases.events import ClockStopped
from core.regulations.loader import load_pack
from tests.core.cases.bench import SYSTEM, Bench

Step = tuple[str, Actor, str, dict[str, object]]
"""When, by whom, which command, with what."""


def walk(bench: Bench, *steps: Step) -> Bench:
    """Each step at its moment."""
    for when, actor, name, fields in steps:
        bench.until(when).do(actor, name, **fields)
    return bench


def late(bench: Bench, clock_id: str, when: str, actor: Actor, name: str, **fields: Any) -> int:
    """Carry the command out at this moment; the seconds by which the clock that it stops is late."""
    decision = bench.until(when).do(actor, name, **fields)
    (stopped,) = (event for event in decision.events if isinstance(event, ClockStopped) and event.clock_id == clock_id)
    return stopped.late_s


def with_option(bench: Bench, folder: Path, changes: str) -> Bench:
    """The same bench under its pack with these entries changed, as a deployment would write them."""
    file = folder / "option.yaml"
    meta = "meta: {variant_of: " + bench.name + "}"
    file.write_text(f"id: option\nextends: {bench.name}\n{meta}\n{changes}", encoding="utf-8")
    bench.pack = load_pack(file)
    return bench


def note_request(bench: Bench, *, reached: bool) -> Decision | Refusal:
    """The request for missing data has left for the reporter, or has reached them."""
    answer = decide(bench.ctx(SYSTEM), bench.it, NoteRequest(reached=reached))
    return bench.must(answer) if isinstance(answer, Decision) else answer


def lateness(bench: Bench) -> dict[str, int]:
    """Of every limit that was missed, by how many seconds."""
    return {name: clock.late_s for name, clock in bench.it.clocks.items() if clock.late_s}
