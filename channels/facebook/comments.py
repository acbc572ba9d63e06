"""
Comments under what a Page has posted; pure.

A comment is public, so it opens a conversation whose answers are private: see `mapping_out`. Who comments is not known
by the id they have on Messenger, until the first private answer tells it.
"""

from __future__ import annotations

from collections.abc import Sequence

from channels.facebook.batch import Json, comment_name, commenter, ident, inner, words
from channels.facebook.mapping_in import Reader
from core.contract.schema import Attachment, AttachmentKind, Ignored, MessageKind, Parsed

VERBS = {
    "add": MessageKind.TEXT,
    "edited": MessageKind.EDIT,
    "edit": MessageKind.EDIT,
    "remove": MessageKind.WITHDRAWAL,
    "delete": MessageKind.WITHDRAWAL,
}
_MARK = "#"


def parse_change(reader: Reader) -> Sequence[Parsed]:
    """What a change of the Page means: a comment written, mended or taken back; all else is ignored by name."""
    change = reader.event.value
    value = inner(change, "value")
    kind = VERBS.get(ident(value.get("verb")))
    if reason := _unwanted(reader, change):
        return [Ignored(reason=reason)]
    if kind is None:
        return [Ignored(reason="comment_hidden")]
    return [_comment(reader, value, kind)]


def _unwanted(reader: Reader, change: Json) -> str:
    value, policy = inner(change, "value"), reader.settings.comments
    if change.get("field") != "feed":
        return "unknown_event"
    if value.get("item") != "comment" or not comment_name(change):
        return "page_activity"
    if ident(inner(value, "from").get("id")) == reader.event.page:
        return "own_comment"
    nested = value.get("parent_id") not in (None, value.get("post_id"))
    if policy == "none" or (policy == "top" and nested):
        return "comment_unwanted"
    return ""


def _comment(reader: Reader, value: Json, kind: MessageKind) -> Parsed:
    comment = ident(value.get("comment_id"))
    text, files = words(value.get("message")), _files(value)
    if kind is MessageKind.TEXT and not text and not files:
        return Ignored(reason="empty_comment")
    changed = kind is not MessageKind.TEXT
    return reader.message(
        key=f"{comment}{_MARK}{ident(value.get('verb'))}-{ident(value.get('created_time'))}" if changed else comment,
        sender=commenter(reader.event.value),
        sender_name=words(inner(value, "from").get("name")),
        kind=MessageKind.MEDIA if not changed and not text else kind,
        text=text,
        attachments=files,
        thread_hints=(comment,) if changed else (),
    )


def _files(value: Json) -> tuple[Attachment, ...]:
    """The one picture or film that a comment may have."""
    kinds = {"photo": AttachmentKind.IMAGE, "video": AttachmentKind.VIDEO}
    return tuple(
        Attachment(kind=kind, media_type="", size=0, sha256="", source_url=url)
        for name, kind in kinds.items()
        if (url := words(value.get(name)))
    )


def comment_of(provider_message_id: str) -> str:
    """The comment's id out of that of a message which came from it, an edit also."""
    return provider_message_id.partition(_MARK)[0]
