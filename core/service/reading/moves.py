"""The commands that are allowed now, with forms ready to be filled in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from core.cases.decide import Context
from core.cases.model import Case
from core.cases.moves import FormField, Move, allowed_moves
from core.identity.codes import format_code
from core.service.reading.views import File, InputView, Labelled, MoveView
from core.service.wording import OVERRIDE
from core.storage.staff_lists import Colleague


@dataclass(frozen=True)
class MoveReader:
    """Fills in the choices that only storage knows: colleagues, and what the files are. `files`: label by key."""

    context: Context
    case: Case
    colleagues: Iterable[Colleague]
    files: Mapping[str, str]

    @classmethod
    def of(cls, context: Context, case: Case, *, colleagues: Iterable[Colleague], held: Iterable[File]) -> MoveReader:
        """For one person and one case."""
        return cls(context, case, tuple(colleagues), {file.key: file.label for file in held})

    def moves(self) -> Iterator[MoveView]:
        """Every command this person may issue now."""
        for move in allowed_moves(self.context, self.case):
            yield MoveView(
                command=move.command,
                label=move.label,
                dispatch_id=move.dispatch_id,
                coordination_id=move.coordination_id,
                about=self._about(move),
                fields=tuple(self._input(one, move) for one in move.form if one.name != OVERRIDE),
                rules=move.rules,
                beyond_text=move.beyond_text,
                offered=move.offered,
            )

    def _input(self, one: FormField, move: Move) -> InputView:
        return InputView(
            name=one.name,
            label=one.label,
            kind=one.kind,
            required=one.required,
            choices=tuple(self._choices(one, move)),
            either=one.either,
        )

    def _choices(self, one: FormField, move: Move) -> Iterator[Labelled]:
        if one.kind == "person":
            yield from self._colleagues(move)
        for choice in one.choices:
            label = choice.label
            if one.kind == "media":
                label = self.files.get(choice.value, label)
            elif one.kind == "report":
                label = format_code(label)
            yield Labelled(id=choice.value, label=label)

    def _about(self, move: Move) -> str:
        """Whose part it is about; empty for the case itself."""
        agency_id = next(iter(self._places(move)), None)
        return self.context.agencies.name(agency_id) if agency_id else ""

    def _colleagues(self, move: Move) -> Iterator[Labelled]:
        """Whom the work can be given to: officials of the agency, or of the unit inside it."""
        places = self._places(move)
        names = {one.id: one.name for one in self.colleagues if one.agency_id in places}
        yield from (Labelled(id=key, label=name) for key, name in names.items())

    def _places(self, move: Move) -> list[str]:
        parts = [one for one in self.case.dispatches if one.id == move.dispatch_id]
        helpers = [one.agency_id for one in self.case.coordinations if one.id == move.coordination_id]
        return [*filter(None, (place for part in parts for place in (part.agency_id, part.unit_id))), *helpers]
