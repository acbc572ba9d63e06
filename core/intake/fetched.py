"""A photo that had to be fetched is here and says where it was taken: known from now on, asked about if it helps."""

from __future__ import annotations

from core.contract.schema import Attachment
from core.intake import photos
from core.intake.completeness import missing
from core.intake.drafting import wait
from core.intake.happenings import PhotoPlaced
from core.intake.rules import IntakeField
from core.intake.state import Draft, Mode
from core.intake.turn import Turn


def placed(turn: Turn, told: PhotoPlaced) -> None:
    """
    Note it wherever the photo is named that was not sent in yet.

    Usually its messages are still to be read, and what follows is as if the file had come with them. Where the
    question where stands open by now, the photo's place takes its turn.
    """
    state = turn.state
    turn.change(
        pending=tuple(one.model_copy(update=_marked(one.attachments, told)) for one in state.pending),
        drafts=tuple(_with(draft, told) for draft in state.drafts),
    )
    draft = turn.draft
    if draft is None or state.pending or state.mode is not Mode.BOT or state.asking is not IntakeField.PLACE:
        return
    facts = turn.facts(draft.parts)
    lacking = missing(facts, turn.rules, draft.channel)
    if lacking and (point := photos.in_question(turn, draft, facts, lacking)):
        wait(turn, photos.ask_whether(turn, draft, point))


def _with(draft: Draft, told: PhotoPlaced) -> Draft:
    parts = tuple(part.model_copy(update=_marked(part.attachments, told)) for part in draft.parts)
    return draft.model_copy(update={"parts": parts})


def _marked(files: tuple[Attachment, ...], told: PhotoPlaced) -> dict[str, tuple[Attachment, ...]]:
    point = {"taken": told.taken}
    return {
        "attachments": tuple(
            file.model_copy(update=point) if file.stored_key == told.stored_key else file for file in files
        )
    }
