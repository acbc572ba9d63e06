"""
What a load test says: citizens who write, receipts that nobody answers, and everything handed in again and again.

All of it is made from one seed and one moment, so that a run can be repeated.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.support.hooked import signed

ACCOUNT = "page"
MARKER = "số nhà"


@dataclass(frozen=True)
class Delivery:
    """One webhook request. A `twin` is handed in at two servers at the same moment."""

    id: str
    user: str
    request: bytes
    twin: bool = False


def delivery(event: dict[str, Any]) -> Delivery:
    """An event of the test chat as the provider sends it."""
    body = json.dumps({"events": [event]}).encode()
    head = {"Host": "127.0.0.1", "Content-Type": "application/json", "Content-Length": str(len(body)), **signed(body)}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return Delivery(
        event["id"], event["user"], f"POST /hooks/testchat/{ACCOUNT} HTTP/1.1\r\n{lines}\r\n".encode() + body
    )


def message(user: str, number: int, text: str, *, at: float) -> Delivery:
    """The so-and-so-manieth message of somebody."""
    return delivery({"id": f"{user}-{number}", "user": user, "at": at + number * 0.01, "text": text})


def report(user: str, *, at: float) -> Delivery:
    """A complete report in one message; the user stands in its place, so that it is known again."""
    text = f"Đèn đường hỏng ở {MARKER} {user} đường Lê Lợi, phường Vĩnh Ninh, ba hôm nay không sáng."
    return message(user, 0, text, at=at)


def reports(prefix: str, count: int, *, at: float) -> Iterator[Delivery]:
    """So many users with one report each."""
    return (report(f"{prefix}{number}", at=at) for number in range(count))


def chat(user: str, count: int, *, at: float) -> list[Delivery]:
    """A report and what is added to it, in the provider's order."""
    more = [f"Đoạn đường này tối quá, tôi đi qua thấy nguy hiểm, lần thứ {number}." for number in range(1, count)]
    return [report(user, at=at), *(message(user, number, text, at=at) for number, text in enumerate(more, 1))]


def receipts(prefix: str, count: int, *, users: int, at: float) -> list[Delivery]:
    """Events that say nothing (somebody has seen a message): kept, read and ignored one by one."""
    return [
        delivery(
            {"id": f"{prefix}-seen-{n}", "user": f"{prefix}-reader-{n % users}", "at": at + n * 1e-4, "seen": True}
        )
        for n in range(count)
    ]


def interleaved(threads: Sequence[Sequence[Delivery]], chance: random.Random) -> list[Delivery]:
    """All threads shuffled into each other, each in its own order."""
    turns = [number for number, thread in enumerate(threads) for _ in thread]
    chance.shuffle(turns)
    left = [iter(thread) for thread in threads]
    return [next(left[turn]) for turn in turns]


def with_repeats(deliveries: Iterable[Delivery], *, repeats: int, of: int, chance: random.Random) -> Iterator[Delivery]:
    """
    So many repeats among `of` deliveries, each some time after what it repeats, or (one in three) at the same moment
    at another server.
    """
    said: list[Delivery] = []
    fresh = of - repeats
    for number, one in enumerate(deliveries):
        due = repeats * (number + 1) // fresh - repeats * number // fresh
        twins = due > 0 and chance.random() < 1 / 3
        yield replace(one, twin=True) if twins else one
        said.append(one)
        yield from chance.choices(said, k=due - twins)
