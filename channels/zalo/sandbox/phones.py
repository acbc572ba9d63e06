"""The citizens' phones: what they show, and what their owners send."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Shown:
    """One message on a phone, from the official account."""

    id: str
    text: str = ""
    buttons: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = ()
    form: bool = False
    template: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Phone:
    """One citizen: the id by which the official account knows him, and the number that templates reach."""

    user: str
    number: str = ""
    name: str = "Nguyễn Văn An"
    shown: list[Shown] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For a page."""
        return {
            "id": self.user,
            "number": self.number,
            "name": self.name,
            "shown": [one.__dict__ for one in self.shown],
        }


def shown_from(message_id: str, message: Mapping[str, Any]) -> Shown:
    """What a message of the official account looks like on a phone."""
    attachment = message.get("attachment") or {}
    payload = attachment.get("payload") or {}
    files = [
        str(one.get("attachment_id") or one.get("url")) for one in payload.get("elements", []) if "media_type" in one
    ]
    return Shown(
        id=message_id,
        text=str(message.get("text", "")),
        buttons=tuple((str(one["title"]), _pressed(one)) for one in payload.get("buttons", [])),
        files=tuple(files + ([str(payload["token"])] if "token" in payload else [])),
        form=payload.get("template_type") == "request_user_info",
    )


def _pressed(button: Mapping[str, Any]) -> str:
    """What pressing it sends; a link sends nothing."""
    return str(button["payload"]) if str(button["type"]).startswith("oa.query") else ""


def said_in(
    wanted: Mapping[str, Any], *, keep: Callable[[bytes, str], str]
) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """
    What a citizen does → the event's name, its message, and what stands beside it.

    `wanted` has one of text, press, photo, photos, voice, video, file (base64), place, form, withdraw; with `visit`,
    the id of a conversation, he is a visitor without an account.
    """
    text = {"text": str(wanted["text"])} if wanted.get("text") else {}
    for key, sort in (("photo", "image"), ("voice", "audio"), ("video", "video"), ("file", "file")):
        if key in wanted:
            return f"user_send_{sort}", text | _files(sort, [wanted[key]], wanted, keep), {}
    if "photos" in wanted:
        return "user_send_image", text | _files("image", wanted["photos"], wanted, keep), {}
    if "place" in wanted:
        point = {name: str(wanted["place"][name]) for name in ("latitude", "longitude")}
        return "user_send_location", text | _attached("location", {"coordinates": point}), {}
    if "form" in wanted:
        return "user_submit_info", {}, {"info": dict(wanted["form"])}
    if "withdraw" in wanted:
        return "user_withdraw", {}, {}
    return "user_send_text", {"text": str(wanted.get("press") or wanted["text"])}, {}


def _files(sort: str, given: list[str], wanted: Mapping[str, Any], keep: Callable[[bytes, str], str]) -> dict[str, Any]:
    urls = [keep(base64.b64decode(one, validate=True), sort) for one in given]
    more = {"name": str(wanted.get("name", "tep.pdf")), "size": "1"} if sort == "file" else {}
    return {"attachments": [_attached(sort, {"url": url} | more)["attachments"][0] for url in urls]}


def _attached(sort: str, payload: dict[str, Any]) -> dict[str, Any]:
    return {"attachments": [{"type": sort, "payload": payload}]}
