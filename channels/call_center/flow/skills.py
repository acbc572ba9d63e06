"""Which skills a flow asks for: what those who answer can be given."""

from __future__ import annotations

from channels.call_center.flow.happenings import VIETNAMESE
from channels.call_center.flow.model import Flow, Mark, Queue


def skills_of(flow: Flow) -> tuple[str, ...]:
    """Languages and fields that callers choose, and what queues ask for by themselves; in alphabetical order."""
    asked: set[str] = set()
    for step in flow.steps.values():
        if isinstance(step, Mark):
            asked |= {step.field, step.language}
        elif isinstance(step, Queue):
            asked |= step.skills
    return tuple(sorted(asked - {"", VIETNAMESE}))
