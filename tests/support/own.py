"""What a surface of our own (portal, app) gives to the contract suite: it writes its deliveries itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from channels.base import sign
from core.contract.ports import Channel, RawDelivery
from tests.contract.subject import NOON, Subject, Written

PAYLOADS = Path(__file__).parents[2] / "channels" / "web" / "payloads"
SECRET = b"a-secret-of-our-own-surfaces"
CODES = {"an": "261116000011", "binh": "261116000029"}
PHOTO = {"kind": "image", "media_type": "image/jpeg", "size": 4, "sha256": "0" * 64, "name": "a.jpg"}


@dataclass(frozen=True)
class Surface:
    """Who hands in: the channel's name, our side of it, the header with the HMAC."""

    name: str
    account: str
    header: str

    def delivery(self, body: bytes, *, at: datetime = NOON, secret: bytes = SECRET) -> RawDelivery:
        """A body as the surface hands it over."""
        return RawDelivery(self.name, self.account, body, {self.header: sign(secret, body)}, received_at=at)

    def submission(self, *, escaped: bool = False, **fields: Any) -> RawDelivery:
        """A submission with these fields."""
        usual = {"what": "text", "id": "1", "code": CODES["an"], "sent_at": NOON.isoformat(), "text": "Xin chào"}
        return self.delivery(json.dumps(usual | fields, ensure_ascii=escaped).encode())

    def write(self, written: Written) -> RawDelivery:
        """A citizen's words below a report."""
        own: dict[str, Any] = {
            "id": f"{written.sender}-{written.key}",
            "code": CODES[written.sender],
            "text": written.text,
        }
        return replace(self.submission(**own, sent_at=written.at.isoformat()), received_at=written.at)

    def payload(self, name: str) -> RawDelivery:
        """A recorded submission."""
        return self.delivery((PAYLOADS / f"{name}.json").read_bytes())


def own_subject(name: str, channel: Callable[[], Channel], *, account: str, header: str) -> Subject:
    """A surface under contract; `channel` is set up with `SECRET`."""
    surface = Surface(name, account, header)
    return Subject(
        name=name,
        channel=channel,
        write=surface.write,
        secret=SECRET.decode(),
        payloads=PAYLOADS,
        events=("form", "text", "later", "broken"),
        replay=surface.payload,
        signs_bytes=True,
        forged=_forged(surface),
        oversized={"over the limit": surface.delivery(b"x" * 300_000)},
        broken=_broken(surface),
        encodings={"escaped": (surface.submission(text="Rác đổ 🌊", escaped=True), "Rác đổ 🌊")},
        albums={"on one form": [surface.payload("form__album")]},
        stored={"on a form": surface.payload("form__photo"), "below a report": surface.payload("text__photo")},
    )


def _escaped(text: str) -> bytes:
    return json.dumps(
        {"what": "text", "id": "1", "code": CODES["an"], "sent_at": NOON.isoformat(), "text": text}
    ).encode()


def _forged(surface: Surface) -> Mapping[str, RawDelivery]:
    good = surface.write(Written("bimat"))
    return {
        "unsigned": replace(good, headers={}),
        "by a stranger": surface.delivery(good.body, secret=b"a-secret-of-somebody-else"),
        "no hexadecimal": replace(good, headers={surface.header: "đ"}),
    }


def _broken(surface: Surface) -> Mapping[str, RawDelivery]:
    made: Mapping[str, Callable[[], RawDelivery]] = {
        "not JSON": partial(surface.delivery, b"{"),
        "a form without fields": partial(surface.submission, what="form"),
        "an invented code": partial(surface.submission, code="12"),
        "a file that is not here": partial(surface.submission, attachments=[PHOTO | {"stored_key": ""}]),
        "another's code on the form": partial(surface.submission, what="form", form={"code": CODES["binh"]}),
    }
    return {label: make() for label, make in made.items()}
