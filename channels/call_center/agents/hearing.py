"""Who hears whom: it follows from what the floor remembers, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from channels.call_center.acd.model import Talk
from channels.call_center.agents.caller import MUSIC
from channels.call_center.ports import Media

if TYPE_CHECKING:
    from channels.call_center.agents.desk import Desk


class Hearing:
    """The sound of every call of a desk: both hear each other, or the caller music."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def set(self, call: str) -> None:
        """Let the legs of one call hear what they ought to by now."""
        caller, talk = self._desk.callers.get(call), self._desk.acd.talks.get(call)
        if caller is None:
            if call in self._desk.dialling.calls:
                self._desk.dialling.sound(call)
            return
        theirs, ours = caller.call.media, self._agent_of(talk)
        whispering, listening = self._others(talk, "whisper"), self._others(talk, "listen")
        theirs.hear([ours] if ours else [])
        theirs.music(None if ours else MUSIC)
        if ours is not None:
            ours.hear([theirs, *whispering])
        elif talk is not None:
            self.deafen(talk.agent)
        for media in (*whispering, *listening):
            media.hear([theirs, ours] if ours else [theirs])

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

    def _agent_of(self, talk: Talk | None) -> Media | None:
        """Who the caller hears: nobody while the agent holds them, or is gone."""
        if talk is None or talk.lost_at is not None:
            return None
        seat = self._desk.seats.get(talk.agent)
        return seat.media if seat and not seat.held else None

    def _others(self, talk: Talk | None, wanted: str) -> list[Media]:
        """The sound of those supervisors who take this part in a call."""
        names = [name for name, part in talk.others.items() if part == wanted] if talk else []
        return [media for name in names if (media := self._media_of(name))]

    def _media_of(self, agent: str) -> Media | None:
        seat = self._desk.seats.get(agent)
        return seat.media if seat is not None else None
