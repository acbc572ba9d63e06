"""A storm of webhooks, many of them told again, over all web processes of a fleet while all its workers work."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass

from tests.load import books
from tests.load.provider import Tally
from tests.load.scenes import Scene
from tests.load.script import chat, interleaved, receipts, with_repeats


@dataclass(frozen=True)
class Storm:
    """What came of a storm. `lost`: how many ids; `disordered`: talks as they were written, and as they stand."""

    tally: Tally
    distinct: int
    stored: Counter[str]
    lost: int
    disordered: tuple[tuple[str, ...], ...]


async def storm(scene: Scene, prefix: str, *, deliveries: int, chats: int, each: int) -> Storm:
    """
    So many webhooks, 30 % of them repeats, over all web processes while all workers work.

    Words of citizens are `chats` × `each` of them; all others are receipts, which are read and ignored one by one.
    """
    chance = random.Random(1)
    repeats = deliveries * 3 // 10
    distinct = deliveries - repeats
    talks = [chat(f"{prefix}{number}", each, at=scene.now) for number in range(chats)]
    silent = receipts(prefix, distinct - chats * each, users=chats * 4, at=scene.now)
    script = interleaved([*talks, *([one] for one in silent)], chance)
    before = await books.items(scene.seen)
    tally = await scene.provider.hand_in(with_repeats(script, repeats=repeats, of=deliveries, chance=chance))
    await scene.read()
    said = await books.said(scene.seen, [one.id for talk in talks for one in talk])
    wanted = Counter(tuple(one.id for one in talk) for talk in talks)
    found = Counter(tuple(ids) for ids in said.values())
    return Storm(
        tally=tally,
        distinct=distinct,
        stored=await books.items(scene.seen) - before,
        lost=len({one.id for one in script} - tally.acknowledged),
        disordered=(*(wanted - found), *(found - wanted)),
    )


def prove(end: Storm, *, deliveries: int, messages: int) -> None:
    """Every delivery answered 200 in the end; every distinct one stored once and read; every chat in its order."""
    assert end.tally.statuses[200] == deliveries
    assert end.stored == Counter(done=messages, ignored=end.distinct - messages)
    assert (end.lost, end.disordered) == (0, ())
