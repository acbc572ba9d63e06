"""Letters of a case as page, PDF or text, before and after they are sent; and whether an answer answers."""

from __future__ import annotations

from pydantic import Field

from core.contract.schema import Model
from core.letters.wording import objections
from core.service.reading.letters import Draft, StaffLetter
from gateway.api.operation import Answer, Call, Operation, Reveal
from gateway.letters import Form, draw

TAG = "cases"


class LetterQuery(Reveal):
    """Which form, and to which reporter."""

    format: Form = Field(default="html", description="html (một trang), pdf hoặc txt")
    report: str = Field(default="", max_length=48, description="To the reporter of this report; none: the first")


class LetterDraft(Model):
    """What a letter would say, before it is sent."""

    text: str = Field(min_length=1, max_length=20_000)
    media: tuple[str, ...] = Field(default=(), max_length=50, description="Stored keys of the case's files")
    agency: str = Field(default="", max_length=64, description="Whom an official letter goes to")
    reference: str = Field(default="", max_length=64, description="Number of an official letter")


class AnswerText(Model):
    """An answer to be looked at."""

    text: str = Field(max_length=20_000)


class ObjectionView(Model):
    """Why an answer says too little, and what would mend it."""

    code: str
    help: str


class AnswerCheck(Model):
    """What there is to say against an answer; nothing: it may be sent as it is."""

    objections: tuple[ObjectionView, ...]


async def show_letter(call: Call) -> Answer:
    """
    One letter of a case: result, or official (the one of send_letter).

    As it was sent, else as the agency proposes it; names are masked unless revealed, which is logged. 409 where a
    state secret may be in it.
    """
    letter = await call.reader.letter(
        call.path("case_id"),
        call.path("name"),
        call.member,
        report_id=call.query.report,
        acting=call.acting,
        reveal=call.query.reveal,
    )
    return await _drawn(call, letter)


async def preview_letter(call: Call) -> Answer:
    """The same letter with the words given, as it would be if they were sent now."""
    body: LetterDraft = call.body
    draft = Draft(body.text, body.media, agency=body.agency, reference=body.reference)
    letter = await call.reader.letter(
        call.path("case_id"),
        call.path("name"),
        call.member,
        report_id=call.query.report,
        draft=draft,
        acting=call.acting,
        reveal=call.query.reveal,
    )
    return await _drawn(call, letter)


async def check_answer(call: Call) -> Answer:
    """Whether an answer says what was done or when it will be, by the words of the case's regulation."""
    case = await call.reader.case(call.path("case_id"), call.member)
    wording = call.deployment.regulation.packs.get(case.regulation).letter.wording
    found = objections(call.body.text, wording)
    return Answer(AnswerCheck(objections=tuple(ObjectionView(code=one.code, help=one.help) for one in found)))


async def _drawn(call: Call, letter: StaffLetter) -> Answer:
    desk = call.deployment.clerk.letters.desk
    made = await desk.make(letter.pack, letter.told, name=call.path("name"), draft=letter.draft)
    sheet = await draw(desk, made, call.query.format)
    return Answer(raw=sheet.body, media_type=sheet.media_type, charset=sheet.charset, headers=sheet.headers)


OPERATIONS = (
    Operation(
        "showLetter",
        "GET",
        "/cases/{case_id}/letters/{name}",
        TAG,
        "Văn bản trả lời của hồ sơ",
        show_letter,
        query=LetterQuery,
        media_type="application/pdf",
        acts=True,
    ),
    Operation(
        "previewLetter",
        "POST",
        "/cases/{case_id}/letters/{name}/preview",
        TAG,
        "Xem trước văn bản trả lời",
        preview_letter,
        query=LetterQuery,
        body=LetterDraft,
        media_type="application/pdf",
        acts=True,
    ),
    Operation(
        "checkAnswer",
        "POST",
        "/cases/{case_id}/answers/check",
        TAG,
        "Kiểm tra câu trả lời trước khi gửi",
        check_answer,
        AnswerCheck,
        body=AnswerText,
    ),
)
