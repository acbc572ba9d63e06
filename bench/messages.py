"""
Signed webhook requests, serialised before the clock starts.

They speak the protocol of `tests.support.hooked`: about 1 KB of JSON each, one complete report from a citizen of its
own, signed over the raw bytes. This module loads nothing of the gateway, so that the client starts at once.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections import deque
from random import Random

SECRET = b"a secret of sixteen bytes or more"
PATH = "/hooks/testchat/page"
KEPT = 4096

_TEXT = (
    "Kính gửi Trung tâm, đèn đường hỏng ở trước số nhà {number} đường Lê Lợi, phường Vĩnh Ninh, ba hôm nay không sáng. "
    "Buổi tối cả đoạn đường từ đầu ngõ đến cổng trường tiểu học tối om, học sinh tan học muộn và người già đi bộ rất "
    "nguy hiểm, hôm qua đã có một vụ va chạm xe máy may mà không ai bị thương nặng. Cột đèn bị nghiêng, dây điện chùng "
    "xuống gần mái hiên nhà dân, khi mưa có tiếng nổ lách tách. Bà con trong tổ dân phố mong cơ quan chức năng sớm cho "
    "người đến kiểm tra, sửa chữa và thông báo lại kết quả để mọi người được biết. Tổ dân phố đã nhắc việc này trong "
    "mấy cuộc họp gần đây nhưng chưa thấy ai đến xem. Xin cảm ơn."
)
_HEAD = (
    "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: provider/1.0\r\nAccept: */*\r\n"
    "Content-Type: application/json\r\nX-Test-Signature: {signature}\r\nContent-Length: {length}\r\n\r\n"
)

Numbered = tuple[int, bytes]
"""A message's number, and the request that carries it."""


def message_id(prefix: str, number: int) -> str:
    """The provider's id of one message."""
    return f"{prefix}-{number}"


def number_of(prefix: str, identifier: str) -> int | None:
    """The number in an id; None when somebody else made it."""
    made, _, number = identifier.rpartition("-")
    return int(number) if made == prefix and number.isdigit() else None


def request(prefix: str, number: int, *, at: int) -> bytes:
    """One request from the first to the last byte; `at` is the provider's time, in Unix seconds."""
    name = message_id(prefix, number)
    event = {"id": name, "user": f"u-{name}", "at": at, "text": _TEXT.format(number=number)}
    body = json.dumps({"events": [event]}, ensure_ascii=False).encode()
    signature = hmac.digest(SECRET, body, hashlib.sha256).hex()
    return _HEAD.format(path=PATH, signature=signature, length=len(body)).encode() + body


class Supply:
    """
    What one client sends: every message new, but for the repeats that are asked for.

    A repeat is one of the last few thousand messages that were acknowledged, or of those of the same plan: a provider
    may be impatient, too.
    """

    def __init__(self, prefix: str, *, seed: int = 1) -> None:
        self.prefix = prefix
        self.acknowledged: set[int] = set()
        self._chance = Random(seed)
        self._ready: deque[Numbered] = deque()
        self._sent: deque[Numbered] = deque(maxlen=KEPT)
        self._next = 0

    def plan(self, count: int, *, repeats: float = 0.0) -> list[Numbered]:
        """The next `count` requests, a share of them repeats (as far as there is something to repeat)."""
        known = [one for one in self._sent if one[0] in self.acknowledged]
        planned = []
        for _ in range(count):
            if known and self._chance.random() < repeats:
                planned.append(self._chance.choice(known))
            else:
                planned.append(self._fresh())
                known.append(planned[-1])
        return planned

    def give_back(self, unused: list[Numbered]) -> None:
        """What was planned and not sent; new messages wait for the next plan."""
        fresh = {number: (number, data) for number, data in unused if number not in self.acknowledged}
        self._ready.extendleft(reversed(fresh.values()))

    def note_sent(self, sent: list[Numbered]) -> None:
        """Remember the last ones for repeats."""
        self._sent.extend(sent[-KEPT:])

    def _fresh(self) -> Numbered:
        if self._ready:
            return self._ready.popleft()
        self._next += 1
        return self._next, request(self.prefix, self._next, at=int(time.time()))


def ranges(numbers: set[int]) -> list[tuple[int, int]]:
    """The numbers as first and last of every unbroken run: short to send, whatever their count."""
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
