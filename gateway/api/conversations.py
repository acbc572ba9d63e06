"""Conversations: who waits for a person, what was said, and answering."""

from __future__ import annotations

from pydantic import Field

from core.contract.schema import Model, new_id
from core.service.answering import LONGEST_REPLY
from core.service.reading.views import ConversationLine, ConversationView
from gateway.api import idempotency
from gateway.api.cases import stored_file
from gateway.api.cursor import decode, encode
from gateway.api.errors import ApiError
from gateway.api.idempotency import AnsweredAlready, Key
from gateway.api.operation import Answer, Call, Listing, Operation, Paged, Reveal

TAG = "conversations"
_ONE = "/conversations/{conversation_id}"


class Reply(Model):
    """What to write to the citizen."""

    text: str = Field(min_length=1, max_length=LONGEST_REPLY)


class Done(Model):
    """The act was carried out."""

    conversation_id: str
    done: str


async def list_conversations(call: Call) -> Answer:
    """Conversations that wait for a person or that one has taken over, the longest waiting first."""
    page = await call.reader.conversations(call.member, after=decode(call.query.cursor), most=call.query.limit)
    return Answer(Listing[ConversationLine](items=page.items, next=encode(page.after)))


async def show_conversation(call: Call) -> Answer:
    """One conversation with its messages, and how far ours got."""
    return Answer(await call.reader.conversation(call.path("conversation_id"), call.member, reveal=call.query.reveal))


async def show_message_file(call: Call) -> Answer:
    """One file that a citizen sent; the opening is logged."""
    await call.reader.open_message_file(call.path("conversation_id"), call.path("key"), call.member)
    return await stored_file(call)


async def reply(call: Call) -> Answer:
    """Write to the citizen on their channel; the conversation is taken over."""
    if not call.body.text.strip():
        raise ApiError(422, "data_missing", "Chưa nhập nội dung trả lời.")
    key = Key.of(call)
    cause = f"{key.scope}/{key.body_hash[:16]}/{key.key}"[:120] if key else new_id()
    return await _act(call, key, "reply", text=call.body.text.strip(), author=call.staff.id, cause=cause)


async def take_over(call: Call) -> Answer:
    """A person answers from now on; the dialogue keeps silent."""
    return await _act(call, Key.of(call), "take_over", by=call.staff.id)


async def hand_back(call: Call) -> Answer:
    """The dialogue may speak again."""
    return await _act(call, Key.of(call), "hand_back")


async def _act(call: Call, key: Key | None, name: str, **fields: str) -> Answer:
    call.need_centre()
    conversation_id = call.path("conversation_id")
    earlier = await idempotency.remembered(call, key)
    if earlier is not None:
        return earlier
    answer = Answer(Done(conversation_id=conversation_id, done=name))
    act = getattr(call.answering, name)
    try:
        await act(conversation_id, also=idempotency.keeping(call, key, answer), **fields)
    except AnsweredAlready:
        return await idempotency.remembered(call, key) or answer
    return answer


OPERATIONS = (
    Operation(
        "listConversations",
        "GET",
        "/conversations",
        TAG,
        "Hội thoại cần người trả lời",
        list_conversations,
        Listing[ConversationLine],
        query=Paged,
    ),
    Operation("showConversation", "GET", _ONE, TAG, "Một hội thoại", show_conversation, ConversationView, query=Reveal),
    Operation(
        "showMessageFile",
        "GET",
        f"{_ONE}/files/{{key}}",
        TAG,
        "Mở một tệp của hội thoại",
        show_message_file,
        media_type="application/octet-stream",
    ),
    Operation("reply", "POST", f"{_ONE}/reply", TAG, "Trả lời người dân", reply, Done, body=Reply, keyed=True),
    Operation("takeOver", "POST", f"{_ONE}/take-over", TAG, "Nhận hội thoại", take_over, Done, keyed=True),
    Operation("handBack", "POST", f"{_ONE}/hand-back", TAG, "Trả lại cho trợ lý tự động", hand_back, Done, keyed=True),
)
