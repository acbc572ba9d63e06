"""Calls: who is owed one, what came of them, and saying that somebody was called back."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.contract.errors import VersionConflict
from core.contract.schema import CallOutcome, Instant, Model
from core.identity import phones
from core.service.calls import CallBook, HeldCall
from gateway.api.cursor import decode, encode
from gateway.api.errors import ApiError
from gateway.api.operation import Answer, Call, Listing, Operation, Paged
from gateway.auth.errors import NotAllowed

TAG = "calls"


class Recording(Model):
    """A recording; it is opened as a file of the conversation, which is logged."""

    key: str
    label: str


class CallView(Model):
    """
    One telephone call.

    `number`: whom to call back, masked; empty where it is withheld or its owner was erased. `due_at`: by when somebody
    has to call; null: nobody is owed a call. `result`: of the last attempt.
    """

    id: str
    conversation_id: str
    outcome: CallOutcome
    number: str
    began_at: Instant
    ended_at: Instant
    emergency: str = ""
    storm: bool = False
    language: str = "vi"
    due_at: Instant | None
    attempts: int
    settled_at: Instant | None
    result: str
    recordings: tuple[Recording, ...] = ()


class CallQuery(Paged):
    """Which calls."""

    owed: bool = Field(default=False, description="Only those whose caller waits for a call, the most urgent first")


class CalledBack(Model):
    """What came of calling back; `attempts` as it was read, so that two people do not both call."""

    result: Literal["reached", "not_reached", "given_up"]
    attempts: int = Field(ge=0)


async def list_calls(call: Call) -> Answer:
    """All calls, the newest first; or those whose caller waits."""
    book = _book(call)
    if call.query.owed:
        return Answer(Listing[CallView](items=tuple(map(view, await book.owed(most=call.query.limit)))))
    page = await book.newest(after=decode(call.query.cursor), most=call.query.limit)
    return Answer(Listing[CallView](items=tuple(map(view, page.items)), next=encode(page.after)))


async def call_back(call: Call) -> Answer:
    """Somebody called back."""
    book, said = _book(call), call.body
    try:
        await book.called(call.path("call_id"), said.result, by=call.staff.id, attempts=said.attempts)
    except VersionConflict:
        raise ApiError(409, "called_meanwhile", "Cuộc gọi này vừa có người khác gọi lại.") from None
    return Answer(status=204)


def view(held: HeldCall) -> CallView:
    """As the API shows it."""
    row, facts = held.row, held.facts
    return CallView(
        id=row.id,
        conversation_id=row.conversation_id,
        outcome=CallOutcome(row.outcome),
        number=phones.masked(facts.call_back_to) if facts else "",
        began_at=row.began_at,
        ended_at=row.ended_at,
        emergency=facts.emergency if facts else "",
        storm=row.storm,
        language=facts.language if facts else "vi",
        due_at=row.due_at,
        attempts=row.attempts,
        settled_at=row.settled_at,
        result=row.result,
        recordings=tuple(Recording(key=key, label=label) for key, label in held.labels.items()),
    )


def _book(call: Call) -> CallBook:
    if not call.reader.hears(call.member):
        raise NotAllowed("for the centre and administrators")
    return call.deployment.intake.calls


OPERATIONS = (
    Operation("listCalls", "GET", "/calls", TAG, "Cuộc gọi", list_calls, Listing[CallView], query=CallQuery),
    Operation(
        "callBack",
        "POST",
        "/calls/{call_id}/called-back",
        TAG,
        "Ghi kết quả gọi lại",
        call_back,
        body=CalledBack,
        status=204,
    ),
)
