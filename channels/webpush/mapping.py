"""
What is sent to a device: ids and a sentence that tells nothing; pure.

A notice lies on a locked screen and passes through a company abroad. What the news is stands on our own page, which
asks who is reading.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from core.contract.schema import OutboundMessage

CHANNEL = "webpush"
PAGE = "page"
"""Field of a message that says which page the notice opens."""
ABOUT = "about"
"""Field of a message that names what is told to many: a device that gets it twice shows it once."""
REPORT, WORK, WARNING, FOLLOWED = "report", "work", "warning", "followed"
LONGEST_TTL = timedelta(days=3)

_SENTENCES = MappingProxyType(
    {
        REPORT: "Phản ánh của Quý vị có tin mới. Bấm để xem.",
        WORK: "Có thông báo công việc mới. Bấm để xem.",
        WARNING: "Có cảnh báo mới từ cơ quan chức năng. Bấm để xem.",
        FOLLOWED: "Phản ánh Quý vị theo dõi có bước mới. Bấm để xem.",
    }
)
_URGENCY = MappingProxyType({REPORT: "normal", WORK: "high", WARNING: "high", FOLLOWED: "low"})
_TTL = MappingProxyType({REPORT: LONGEST_TTL, WORK: LONGEST_TTL, WARNING: timedelta(hours=12), FOLLOWED: LONGEST_TTL})


@dataclass(frozen=True)
class Push:
    """
    One call's content. `topic`: an undelivered older one with the same topic is replaced (RFC 8030 §5.4).

    `urgency`: very-low to high (RFC 8030 §5.3); `ttl`: seconds that the service keeps it for a device that is away.
    """

    id: str
    page: str
    title: str
    topic: str
    urgency: str
    ttl: int

    @property
    def body(self) -> str:
        """The sentence that is shown."""
        return _SENTENCES[self.page]

    @property
    def data(self) -> dict[str, str]:
        """What the program that shows it may know."""
        return {"id": self.id, "tag": self.topic, "page": self.page}

    @property
    def payload(self) -> bytes:
        """All of it, for a browser."""
        whole = self.data | {"title": self.title, "body": self.body}
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def to_push(message: OutboundMessage, *, title: str) -> Push:
    """What rings for this message. Its own words are never in it."""
    page = message.fields.get(PAGE, REPORT)
    about = message.fields.get(ABOUT, "")
    topic = hashlib.sha256(f"{page}:{about or message.recipient.value}".encode()).hexdigest()[:32]
    seconds = int(_TTL[page].total_seconds())
    return Push(about or message.id, page, title, topic, urgency=_URGENCY[page], ttl=seconds)
