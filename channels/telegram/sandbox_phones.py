"""What the citizens hold in their hands: phones with one chat each, and what they can do there."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

_MEDIA = ("photo", "video", "voice", "audio", "document", "animation", "video_note")
_TYPES = {"video": "video/mp4", "voice": "audio/ogg", "audio": "audio/mpeg", "animation": "video/mp4"}


def utc_now() -> datetime:
    """The present instant, aware."""
    return datetime.now(UTC)


class CannotDo(ValueError):
    """A phone cannot do this: no such button, no such message, not base64."""


@dataclass
class Phone:
    """One citizen's chat with the bot; `shown` is what stands in it, ours and theirs, oldest first."""

    id: int
    name: str
    blocked: bool = False
    shown: list[dict[str, Any]] = field(default_factory=list)
    asked_for: list[str] = field(default_factory=list)
    last_id: int = 0
    clock: Callable[[], datetime] = utc_now

    def now(self) -> int:
        """Seconds since 1970, as Telegram dates messages."""
        return int(self.clock().timestamp())

    def person(self) -> dict[str, Any]:
        """As Telegram names them."""
        return {"id": self.id, "is_bot": False, "first_name": self.name, "language_code": "vi"}

    def chat(self) -> dict[str, Any]:
        """The private chat; its number is the person's."""
        return {"id": self.id, "type": "private", "first_name": self.name}

    def show(self, by: str, **what: Any) -> dict[str, Any]:
        """One more message in the chat."""
        self.last_id += 1
        line = {"id": self.last_id, "by": by, **what}
        self.shown.append(line)
        return line

    def found(self, number: int) -> dict[str, Any]:
        """One message of the chat. Raises CannotDo."""
        for line in self.shown:
            if line["id"] == number:
                return line
        raise CannotDo(f"no message {number}")

    def read(self) -> list[str]:
        """What the bot said, in words."""
        return [str(line["text"]) for line in self.shown if line["by"] == "bot"]


Keep = Callable[[bytes], str]
"""Stores a file and says its id."""


def act(phone: Phone, wanted: Mapping[str, Any], keep: Keep) -> dict[str, Any]:
    """
    The update (without its number) that comes of what a citizen does.

    One of: `text` (with `edit`: instead of message so), `start`, `photo` … `document` (base64, with `caption`, `album`,
    `name`), `place` (latitude, longitude, perhaps title and address), `contact` ("own" or a number), `button` (its
    title or its value), `blocked` (true or false), `sticker`. Raises CannotDo.
    """
    for key, doing in _DOINGS.items():
        if key in wanted:
            return doing(phone, wanted, keep)
    media = next((kind for kind in _MEDIA if kind in wanted), None)
    if media is not None:
        return _send_media(phone, wanted, keep, media)
    raise CannotDo("nothing is done")


def _said(phone: Phone, shown: str, **content: Any) -> dict[str, Any]:
    line = phone.show("citizen", text=shown)
    return {"message": _message(phone, line["id"], **content)}


def _message(phone: Phone, number: int, **content: Any) -> dict[str, Any]:
    return {"message_id": number, "date": phone.now(), "chat": phone.chat(), "from": phone.person(), **content}


def _write(phone: Phone, wanted: Mapping[str, Any], _keep: Keep) -> dict[str, Any]:
    text = str(wanted["text"])
    if "edit" not in wanted:
        return _said(phone, text, text=text)
    line = phone.found(int(wanted["edit"]))
    line["text"] = text
    edited = _message(phone, line["id"], text=text)
    return {"edited_message": edited | {"edit_date": edited["date"]}}


def _open(phone: Phone, wanted: Mapping[str, Any], _keep: Keep) -> dict[str, Any]:
    text = f"/start {wanted['start'] or ''}".strip()
    entity = {"type": "bot_command", "offset": 0, "length": len("/start")}
    return _said(phone, text, text=text, entities=[entity])


def _share_place(phone: Phone, wanted: Mapping[str, Any], _keep: Keep) -> dict[str, Any]:
    place = dict(wanted["place"])
    location = {name: float(place[name]) for name in ("latitude", "longitude")}
    if "title" not in place:
        return _said(phone, "📍", location=location)
    venue = {"location": location, "title": str(place["title"]), "address": str(place.get("address", ""))}
    return _said(phone, f"📍 {venue['title']}", location=location, venue=venue)


def _share_contact(phone: Phone, wanted: Mapping[str, Any], _keep: Keep) -> dict[str, Any]:
    if wanted["contact"] == "own":
        card = {"phone_number": f"84900{phone.id % 1_000_000:06d}", "first_name": phone.name, "user_id": phone.id}
    else:
        card = {"phone_number": str(wanted["contact"]), "first_name": "Người quen"}
    return _said(phone, "👤", contact=card)


def _press(phone: Phone, wanted: Mapping[str, Any], _keep: Keep) -> dict[str, Any]:
    """The newest button of that name; a key of the reply keyboard types its title."""
    for line in reversed(phone.shown):
        for button in line.get("buttons", ()):
            if wanted["button"] in (button["title"], button["data"]):
                if button["data"] is None:
                    return _said(phone, button["title"], text=button["title"])
                message = {"message_id": line["id"], "date": 0, "chat": phone.chat()}
                return {"callback_query": _query(phone, button["data"]) | {"message": message}}
    raise CannotDo(f"no button {wanted['button']}")


def _query(phone: Phone, data: str) -> dict[str, Any]:
    phone.last_id += 1
    return {"id": f"{phone.id}{phone.last_id:06d}", "from": phone.person(), "chat_instance": "1", "data": data}


def _block(phone: Phone, wanted: Mapping[str, Any], _keep: Keep) -> dict[str, Any]:
    phone.blocked = bool(wanted["blocked"])
    bot = {"id": 1, "is_bot": True, "first_name": "Bot"}
    states = [{"user": bot, "status": status} for status in ("member", "kicked")]
    old, new = states if phone.blocked else reversed(states)
    blocked = [member | ({"until_date": 0} if member["status"] == "kicked" else {}) for member in (old, new)]
    return {
        "my_chat_member": {
            "chat": phone.chat(),
            "from": phone.person(),
            "date": phone.now(),
            "old_chat_member": blocked[0],
            "new_chat_member": blocked[1],
        }
    }


def _send_sticker(phone: Phone, _wanted: Mapping[str, Any], keep: Keep) -> dict[str, Any]:
    size = {"width": 512, "height": 512, "is_animated": False, "is_video": False}
    return _said(phone, "🙂", sticker=_file(keep(b"sticker"), 7) | size | {"type": "regular"})


def _send_media(phone: Phone, wanted: Mapping[str, Any], keep: Keep, kind: str) -> dict[str, Any]:
    try:
        data = base64.b64decode(wanted[kind], validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise CannotDo(f"{kind} is not base64") from error
    file = _file(keep(data), len(data))
    content: dict[str, Any] = {kind: [file | {"width": 1280, "height": 960}]} if kind == "photo" else {kind: file}
    if kind != "photo":
        file |= {"mime_type": _TYPES.get(kind, "application/octet-stream"), "duration": 3, "width": 640, "height": 480}
        file |= {"file_name": str(wanted["name"])} if "name" in wanted else {}
        file |= {"length": 240} if kind == "video_note" else {}
    if "caption" in wanted:
        content["caption"] = str(wanted["caption"])
    if "album" in wanted:
        content["media_group_id"] = str(wanted["album"])
    return _said(phone, str(wanted.get("caption", f"[{kind}]")), **content)


def _file(file_id: str, size: int) -> dict[str, Any]:
    return {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_size": size}


_DOINGS: Mapping[str, Callable[[Phone, Mapping[str, Any], Keep], dict[str, Any]]] = {
    "text": _write,
    "start": _open,
    "place": _share_place,
    "contact": _share_contact,
    "button": _press,
    "blocked": _block,
    "sticker": _send_sticker,
}
