"""Who hears whom: it follows from what the floor remembers, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from channels.call_center.acd.model import Talk
from channels.call_center.agents.caller import MUSIC
from channels.call_center.agents.consulting import Consult
from channels.call_center.agents.dialling import RINGING
from channels.call_center.ports import Media

if TYPE_CHECKING:
    from channels.call_center.agents.desk import Desk

_TOGETHER: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "nobody": frozenset(),
        "caller": frozenset({"caller", "agent"}),
        "colleague": frozenset({"colleague", "agent"}),
        "all": frozenset({"caller", "agent", "colleague"}),
        "given": frozenset({"caller", "colleague"}),
    }
)


class Hearing:
    """The sound of every call of a desk: those who talk hear each other, a caller who is left alone hears music."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def set(self, call: str) -> None:
        """Let the legs of one call hear what they ought to by now."""
        consult = self._desk.consulting.about(call)
        call = consult.about if consult else call
        caller, talk = self._desk.callers.get(call), self._desk.acd.talks.get(call)
        if caller is not None:
            self._set(caller.call.media, talk, consult)
        elif call in self._desk.dialling.calls:
            self._desk.dialling.sound(call)

    def _set(self, theirs: Media, talk: Talk | None, consult: Consult | None) -> None:
        there = {"caller": theirs}
        if talk is not None and (ours := self._agent_of(talk)):
            there["agent"] = ours
        if consult is not None and consult.answered and (colleague := consult.media or self._media_of(consult.asked)):
            there["colleague"] = colleague
        together = _TOGETHER[_side_of(consult) if consult else self._side(talk)]
        whispering = self._others(talk, "whisper")
        for part, media in there.items():
            others = [one for name, one in there.items() if name != part and {name, part} <= together]
            media.hear([*others, *whispering] if part == "agent" and others else others)
            media.music(None if others else _alone(part, consult))
        for media in (*whispering, *self._others(talk, "listen")):
            media.hear([there[part] for part in ("caller", "agent", "colleague") if part in there and part in together])

    def part(self, before: Talk) -> None:
        """Whoever of ours took part in a call and does so no more hears nobody."""
        now = self._desk.acd.talks.get(before.call)
        for name in {before.agent, *before.others} - ({now.agent, *now.others} if now else set()):
            self.deafen(name)

    def deafen(self, agent: str) -> None:
        """Somebody of ours hears nobody any more."""
        media = self._media_of(agent)
        if media is not None:
            media.hear([])
            media.music(None)

    def _agent_of(self, talk: Talk) -> Media | None:
        """Whoever has the call, unless their browser is gone."""
        return None if talk.lost_at is not None else self._media_of(talk.agent)

    def _side(self, talk: Talk | None) -> str:
        """Without a colleague: with the caller, unless the agent holds them."""
        seat = self._desk.seats.get(talk.agent) if talk is not None else None
        return "caller" if seat is not None and not seat.held else "nobody"

    def _others(self, talk: Talk | None, wanted: str) -> list[Media]:
        """The sound of those supervisors who take this part in a call."""
        names = [name for name, part in talk.others.items() if part == wanted] if talk else []
        return [media for name in names if (media := self._media_of(name))]

    def _media_of(self, agent: str) -> Media | None:
        seat = self._desk.seats.get(agent)
        return seat.media if seat is not None else None


def _side_of(consult: Consult) -> str:
    return "given" if consult.given else consult.side


def _alone(part: str, consult: Consult | None) -> str | None:
    """What somebody hears who hears nobody: the agent how it rings for a colleague, or nothing."""
    if part != "agent":
        return MUSIC
    return RINGING if consult is not None and not consult.answered else None
