"""What stands in a form before anybody typed: the present state, and the agency's words where an answer is edited."""

from __future__ import annotations

from collections.abc import Mapping

from core.cases.commands import REGISTRY
from core.service.reading.views import CaseView, InputView, MoveView
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
    """The newest words for the reporter: as the leader mended them, as the officer proposed them, else the result."""
    made = [
        item
        for part in view.dispatches
        if dispatch_id in (None, part.id)
        for item in part.resolutions
        if dispatch_id is not None or item.approved_at is not None
    ]
    newest = max(made, key=lambda item: item.at, default=None)
    return (newest.approved_text or newest.draft_answer or newest.result) if newest else ""
