"""What stands in a form before anybody typed: the present state, and the agency's words where an answer is edited."""

from __future__ import annotations

from collections.abc import Mapping

from core.cases.commands import REGISTRY
from core.service.reading.views import CaseView, InputView, MoveView, ResolutionView
from gateway.console.fields import Typed

SUGGESTED = frozenset({"category", "other_case"})
"""Fields that an address may fill in."""
ANSWERING = frozenset({"edit_and_approve", "publish", "answer_reporter", "reply_privately"})


def prefilled(view: CaseView, move: MoveView) -> Typed:
    """The form as it is opened."""
    values = {one.name: _start(view, move, one) for one in move.fields}
    return Typed({name: (value,) for name, value in values.items() if value})


def with_suggestion(typed: Typed, move: MoveView, asked: Mapping[str, str]) -> Typed:
    """The same with what a suggestion on another page has chosen, where this form asks for that."""
    given = {one.name: (asked[one.name],) for one in move.fields if one.name in SUGGESTED and asked.get(one.name)}
    return Typed({**typed.values, **given}, typed.files)


def _start(view: CaseView, move: MoveView, one: InputView) -> str:
    if one.kind == "yes_no":
        return "1" if REGISTRY[move.command].model_fields[one.name].default is True else ""
    if one.kind == "category" and view.category is not None:
        return view.category.id
    if one.kind == "text" and one.name == "text" and move.command in ANSWERING:
        return reported_words(view, move.dispatch_id)
    return one.choices[0].id if one.required and len(one.choices) == 1 else ""


def reported_words(view: CaseView, dispatch_id: str | None) -> str:
    """
    The words for the reporter: as the leader mended them, as the officer proposed them, else the result.

    An agency answers with its newest; the centre with those of every agency, each under its name (A-TG-9).
    """
    if dispatch_id is not None:
        return "\n\n".join(_words(made) for made in _newest(view, dispatch_id).values())
    told = _to_tell(view)
    return "\n\n".join(f"{name}: {_words(made)}" if len(told) > 1 else _words(made) for name, made in told)


def _newest(view: CaseView, dispatch_id: str | None = None) -> dict[str, ResolutionView]:
    """What each part of the work ended in."""
    parts = [part for part in view.dispatches if dispatch_id in (None, part.id) and part.resolutions]
    return {part.id: max(part.resolutions, key=lambda made: made.at) for part in parts}


def _to_tell(view: CaseView) -> list[tuple[str, ResolutionView]]:
    """What was approved and not told yet; the newest where the regulation has nobody approve, or all was told."""
    names = {part.id: part.agency.label for part in view.dispatches}
    made = sorted(((names[key], one) for key, one in _newest(view).items()), key=lambda pair: pair[1].at)
    told_at = max((answer.at for answer in view.answers), default=None)
    ready = [(name, one) for name, one in made if one.approved_at and (told_at is None or one.approved_at > told_at)]
    return ready or made[-1:]


def _words(made: ResolutionView) -> str:
    return made.approved_text or made.draft_answer or made.result
