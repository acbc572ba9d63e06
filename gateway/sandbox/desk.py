"""All phones and mailboxes as the page shows them: what was said on both sides, in the order in which it was seen."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import structlog

from gateway.sandbox.players import LABELS, Act, Arrived, CannotDo, Mood, NotTaken, Player

log = structlog.get_logger()

LOOK_SECONDS = 0.15
HOLD_SECONDS = 2.5
RETRY_SECONDS = 3.0
ON_ITS_WAY, TAKEN, NOT_TAKEN = "Đang gửi…", "Hệ thống đã nhận", "Hệ thống chưa nhận"
HELD = "Nhà cung cấp đang giữ lại"
_ANSWER_LOST = "Đã đến máy; câu trả lời cho hệ thống bị mất"
_WORDS = {"place": "Đã chia sẻ vị trí", "contact": "Đã chia sẻ số điện thoại"}


@dataclass(frozen=True)
class Line:
    """One thing on a screen. `by`: citizen or office; `photo`: the number under which its picture is kept."""

    by: str
    text: str
    at: str
    state: str
    subject: str = ""
    buttons: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    photo: int = 0

    def shown(self) -> dict[str, Any]:
        """As JSON."""
        return dict(self.__dict__)


@dataclass
class Screen:
    """The chat or mailbox of one person on one channel; `seen` counts what the office sent."""

    lines: list[Line] = field(default_factory=list)
    seen: int = 0


@dataclass
class Held:
    """What citizens said while the provider mixes up the order; brought back to front."""

    acts: list[tuple[str, int, Act]] = field(default_factory=list)
    since: float = 0.0


class Desk:
    """Use `running` around it; `changed` is notified when `version` grows."""

    def __init__(self, players: Sequence[Player]) -> None:
        self.players: Mapping[str, Player] = {player.facts.name: player for player in players}
        self.moods = dict.fromkeys(self.players, Mood.NORMAL)
        self.photos: dict[int, bytes] = {}
        self.version = 0
        self.changed = asyncio.Condition()
        self._screens: dict[tuple[str, str], Screen] = {}
        self._held = {name: Held() for name in self.players}
        self._bringing = dict.fromkeys(self.players, 0)

    async def say(self, channel: str, person: str, act: Act) -> None:
        """A citizen does something. Raises CannotDo; KeyError: no such channel or person."""
        player = self.players[channel]
        if person not in {one.id for one in player.people()}:
            raise KeyError(person)
        await self.look()
        held = self.moods[channel] is Mood.OUT_OF_ORDER
        place = self._write(channel, person, act, HELD if held else ON_ITS_WAY)
        await self._tell()
        if held:
            self._hold(channel, (person, place, act))
        else:
            await self._bring(channel, person, place, act)

    def behave(self, channel: str, mood: Mood) -> None:
        """From now on this provider behaves so. KeyError: no such channel."""
        self.players[channel].behave(mood)
        self.moods[channel] = mood

    async def run(self) -> None:
        """Look at the screens, let go of what was held, repeat what was not taken; until cancelled."""
        loop = asyncio.get_running_loop()
        retried = loop.time()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            for channel, held in self._held.items():
                if held.acts and loop.time() - held.since > HOLD_SECONDS:
                    await self._let_go(channel)
            if loop.time() - retried > RETRY_SECONDS:
                retried = loop.time()
                await self._retry()
            await self.look()

    async def look(self) -> None:
        """Take down what has arrived since the last look."""
        changed = [
            self._take_down(channel, one.id) for channel, player in self.players.items() for one in player.people()
        ]
        for channel, player in self.players.items():
            if not (player.waiting() or self._bringing[channel]):
                changed.append(self._confirm(channel))
        if any(changed):
            await self._tell()

    def snapshot(self) -> dict[str, Any]:
        """Everything that the page shows."""
        return {"version": self.version, "channels": [self._channel(name) for name in self.players]}

    def _channel(self, name: str) -> dict[str, Any]:
        player = self.players[name]
        facts = player.facts
        people = [
            {"id": one.id, "name": one.name, "address": one.address}
            | {"lines": [line.shown() for line in self._screen(name, one.id).lines]}
            for one in player.people()
        ]
        moods = [{"id": mood, "label": facts.moods.get(mood, LABELS[mood])} for mood in Mood]
        return {
            "name": name,
            "label": facts.label,
            "kind": facts.kind,
            "can": sorted(facts.can),
            "mood": self.moods[name],
            "moods": moods,
            "people": people,
        }

    def _screen(self, channel: str, person: str) -> Screen:
        return self._screens.setdefault((channel, person), Screen())

    def _write(self, channel: str, person: str, act: Act, state: str) -> int:
        """A citizen's line; its place on the screen."""
        photo = 0
        if act.photo:
            photo = len(self.photos) + 1
            self.photos[photo] = act.photo
        sign = _WORDS["place"] if act.place else _WORDS["contact"] if act.contact else ""
        text = "\n".join(part for part in (act.text, act.button, sign) if part)
        lines = self._screen(channel, person).lines
        lines.append(Line("citizen", text, _now(), state, photo=photo))
        return len(lines) - 1

    def _hold(self, channel: str, what: tuple[str, int, Act]) -> None:
        held = self._held[channel]
        if not held.acts:
            held.since = asyncio.get_running_loop().time()
        held.acts.append(what)

    async def _let_go(self, channel: str) -> None:
        held, self._held[channel] = self._held[channel], Held()
        for person, place, act in reversed(held.acts):
            try:
                await self._bring(channel, person, place, act)
            except CannotDo as refused:
                self._mark(channel, person, place, str(refused))

    async def _bring(self, channel: str, person: str, place: int, act: Act) -> None:
        player = self.players[channel]
        self._bringing[channel] += 1
        try:
            await player.act(person, act)
        except CannotDo:
            self._mark(channel, person, place, NOT_TAKEN)
            raise
        except NotTaken as error:
            log.warning("sandbox_not_taken", channel=channel, error=str(error))
            self._mark(channel, person, place, NOT_TAKEN)
        else:
            self._mark(channel, person, place, ON_ITS_WAY if player.waiting() else TAKEN)
        finally:
            self._bringing[channel] -= 1
            await self._tell()

    async def _retry(self) -> None:
        for channel, player in self.players.items():
            if player.waiting():
                await player.retry()
                log.info("sandbox_retried", channel=channel)

    def _mark(self, channel: str, person: str, place: int, state: str) -> None:
        lines = self._screen(channel, person).lines
        lines[place] = replace(lines[place], state=state)

    def _take_down(self, channel: str, person: str) -> bool:
        screen, arrived = self._screen(channel, person), self.players[channel].arrived(person)
        fresh = arrived[screen.seen :]
        screen.seen = len(arrived)
        lost = self.moods[channel] is Mood.LOST
        screen.lines += [_line(one, lost=lost) for one in fresh]
        return bool(fresh)

    def _confirm(self, channel: str) -> bool:
        """Nothing of this channel is on its way any more: what was, has been taken."""
        changed = False
        for (name, _), screen in self._screens.items():
            for place, line in enumerate(screen.lines):
                if name == channel and line.state == ON_ITS_WAY:
                    screen.lines[place] = replace(line, state=TAKEN)
                    changed = True
        return changed

    async def _tell(self) -> None:
        self.version += 1
        async with self.changed:
            self.changed.notify_all()


def _line(one: Arrived, *, lost: bool) -> Line:
    state = _ANSWER_LOST if lost else one.state
    return Line("office", one.text, _now(), state, one.subject, one.buttons, one.files)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
