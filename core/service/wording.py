"""
Holding back an answer that says nothing, until somebody says why it shall go out all the same.

Asked after the regulation allowed the command (whose and when come first) and before anything is stored; the reason
stands in the event of the answer, sealed like every text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from core.cases.decide import Refusal
from core.cases.events import Event, ResultApproved
from core.cases.sealed import SealedText
from core.letters.wording import Objection, objections
from core.service.casefile import CaseFile
from core.service.texts import Texts
from core.service.work import Work

CODE = "answer_says_nothing"
ANSWERS: Mapping[str, str] = MappingProxyType(
    {
        "approve": "",
        "edit_and_approve": "text",
        "publish": "text",
        "answer_reporter": "text",
        "reply_privately": "text",
    }
)
"""Commands that send an answer on its way → the field with its words; approving sends on what was drafted."""
OVERRIDE = "override_reason"
"""Field of those commands; no form shows it before an answer was held back."""


async def held_back(work: Work, file: CaseFile, name: str, payload: Mapping[str, Any], texts: Texts) -> Refusal | None:
    """Why this command must not send its answer; None where it may. Call after it was issued, before it is stored."""
    if name not in ANSWERS or str(payload.get(OVERRIDE) or "").strip():
        return None
    words = await _words(work, file, name, payload, texts)
    found = objections(words, file.pack.letter.wording) if words is not None else ()
    return refusal(found, ANSWERS[name]) if found else None


def refusal(found: tuple[Objection, ...], field: str = "text") -> Refusal:
    """The objections as a refusal: 422, beside the field they are about and the one that overrides them."""
    help_ = " ".join(one.help for one in found)
    text = f"Câu trả lời chưa nêu rõ kết quả. {help_} Nếu vẫn cần gửi, vui lòng ghi lý do."
    fields = {name: help_ for name in (field,) if name} | {OVERRIDE: "Ghi lý do nếu vẫn gửi câu trả lời này."}
    return Refusal(CODE, 422, text, details={"fields": fields, "objections": [one.code for one in found]})


async def _words(work: Work, file: CaseFile, name: str, payload: Mapping[str, Any], texts: Texts) -> str | None:
    if ANSWERS[name]:
        return str(payload.get(ANSWERS[name]) or "")
    drafted = [draft for event in file.events if (draft := _drafted(file, event)) is not None]
    opened = await texts.read(drafted, work=work)
    return "\n".join(opened[draft.id] for draft in drafted) if drafted else None


def _drafted(file: CaseFile, event: Event) -> SealedText | None:
    """The draft that an approval lets through; a result without a draft is no answer yet."""
    if not isinstance(event, ResultApproved):
        return None
    return next(_drafts(file, event.dispatch_id), None)


def _drafts(file: CaseFile, dispatch_id: str | None) -> Iterator[SealedText]:
    parts = (part for part in file.now.dispatches if dispatch_id in (None, part.id))
    drafts = (part.resolutions[-1].draft_answer for part in parts if part.resolutions)
    return (draft for draft in drafts if draft is not None)
