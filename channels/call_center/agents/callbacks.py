"""Whoever is owed a call and waits for their turn: what the web side tells of them, and how their turn is taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from channels.call_center.acd import happenings as h
from channels.call_center.agents.owed import OwedCall

if TYPE_CHECKING:
    from channels.call_center.agents.desk import Desk

ABOUT = "call:"


class Callbacks:
    """The numbers behind the callbacks of a floor, which knows only their ids."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._calls: dict[str, OwedCall] = {}

    def tell(self, calls: Sequence[OwedCall]) -> None:
        """The whole list, as it is now. One that an agent has in hand stays known until that is over."""
        acd = self._desk.acd
        in_hand = {call: one for call, one in self._calls.items() if call in acd.talks}
        self._calls = in_hand | {one.call: one for one in calls}
        usual = next(iter(acd.queues))
        self._desk.happen(
            h.Owed(
                tuple(
                    h.Callback(
                        one.call,
                        one.queue if one.queue in acd.queues else usual,
                        one.since,
                        one.kind,
                        one.skills,
                        one.attempts,
                        one.not_before,
                    )
                    for one in calls
                )
            )
        )

    def find(self, call: str) -> OwedCall | None:
        """One of them; None: it is none of ours, or was settled."""
        return self._calls.get(call)

    def in_hand(self, agent: str, about: str) -> str:
        """The callback that an agent has just taken, where a call about this is that; empty: it is another."""
        call = about.removeprefix(ABOUT)
        talk = self._desk.acd.talks.get(call)
        taken = talk is not None and talk.agent == agent and talk.owed is not None and talk.owed.call == call
        return call if taken else ""

    def with_a_colleague(self, agent: str, about: str) -> bool:
        """Whether somebody else calls them back, or talks to them, at this moment."""
        others = (talk for talk in self._desk.acd.talks.values() if talk.agent != agent)
        talks = any(talk.owed is not None and f"{ABOUT}{talk.owed.call}" == about for talk in others)
        dialled = (one for one in self._desk.dialling.calls.values() if one.agent != agent)
        return talks or any(about.startswith(ABOUT) and one.about == about for one in dialled)
