"""Plays scripted dialogues against the engine with exact, invented time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from core.contract.schema import (
    Address,
    Attachment,
    AttachmentKind,
    GeoPoint,
    InboundMessage,
    MessageKind,
    Place,
)
from core.intake import effects as does
from core.intake.dialogue import Dialogue, step
from core.intake.fold import fold
from core.intake.happenings import (
    Happening,
    MessageArrived,
    ReportOpened,
    ResultPublished,
    TimerFired,
    TimerKind,
    Wish,
    WishAnswered,
)
from core.intake.render import Rendered, render
from core.intake.rules import IntakeRules
from core.intake.turn import DUE
from core.places import Ground

HERE = Path(__file__).parent
START = datetime(2026, 5, 18, 1, 0, tzinfo=UTC)
SENDERS = {"sms": "+84900000099", "email": "nguoi.gui@example.vn"}


@lru_cache(maxsize=4)
def rules(name: str) -> IntakeRules:
    """One of the invented regulations of rules.yaml."""
    return IntakeRules.model_validate(YAML(typ="safe").load((HERE / "rules.yaml").read_text(encoding="utf-8"))[name])


def at(seconds: float) -> datetime:
    """An instant of the invented day."""
    return START + timedelta(seconds=seconds)


def message(channel: str, index: int, said: dict[str, Any]) -> InboundMessage:
    """One line of a script as the channel would hand it over."""
    when = at(said["t"])
    images = int(said.get("image", 0))
    return InboundMessage(
        channel=channel,
        account="demo",
        provider_message_id=str(said.get("id", f"m{index:03}")),
        sender=Address(channel=channel, account="demo", value=SENDERS.get(channel, "user-1")),
        kind=kind_of(said),
        text=said.get("text", ""),
        subject=said.get("subject", ""),
        payload=said.get("payload", ""),
        attachments=tuple(image(f"{index}-{number}") for number in range(images)),
        place=pin(said["location"]) if "location" in said else None,
        contact_phone=said.get("contact", ""),
        group=said.get("album", ""),
        about=said.get("about", ""),
        provider_time=when,
        received_at=when,
    )


def kind_of(said: dict[str, Any]) -> MessageKind:
    """What a line of a script is."""
    kinds = {"edit": MessageKind.EDIT, "payload": MessageKind.POSTBACK, "location": MessageKind.LOCATION}
    kinds |= {"contact": MessageKind.CONTACT, "image": MessageKind.MEDIA}
    return next((kind for key, kind in kinds.items() if said.get(key)), MessageKind.TEXT)


def image(name: str) -> Attachment:
    """An invented photo."""
    return Attachment(kind=AttachmentKind.IMAGE, media_type="image/jpeg", size=1000, sha256=fold(name).rjust(64, "0"))


def pin(where: list[float]) -> Place:
    """A pin on the map."""
    return Place(point=GeoPoint(latitude=where[0], longitude=where[1]))


@dataclass
class Player:
    """Feeds one conversation; timers fire by themselves as time goes on, opened reports come back at once."""

    rules: IntakeRules
    state: Dialogue = field(default_factory=Dialogue)
    effects: list[does.Effect] = field(default_factory=list)
    said: list[tuple[str, Rendered]] = field(default_factory=list)
    serialise: bool = False
    ground: Ground = field(default_factory=Ground)

    def happen(self, happening: Happening, now: datetime) -> None:
        """One step; every effect is carried out as the gateway would."""
        state = Dialogue.model_validate_json(self.state.model_dump_json()) if self.serialise else self.state
        result = step(state, happening, rules=self.rules, now=now, ground=self.ground)
        self.state = result.state
        for effect in result.effects:
            self.effects.append(effect)
            if isinstance(effect, does.Say):
                self.said.append((effect.template, render(effect)))
        for effect in result.effects:
            if isinstance(effect, does.Submit):
                number = sum(isinstance(done, does.Submit) for done in self.effects)
                self.happen(ReportOpened(f"1000000{number}", "246810", f"r{number}", effect.draft.id), now)
            elif (wish := wish_of(effect)) is not None:
                self.happen(wish, now)

    def pass_time(self, until: datetime) -> None:
        """Fire the timers that are due until then, in order."""
        while due := self.next_due(until):
            moment, kind = due
            self.happen(TimerFired(kind), moment)

    def next_due(self, until: datetime) -> tuple[datetime, TimerKind] | None:
        """The earliest timer that is due until then."""
        running = [(getattr(self.state, name), kind) for kind, name in DUE.items()]
        due = [(moment, kind) for moment, kind in running if moment is not None and moment <= until]
        return min(due, default=None)

    def play(self, script: dict[str, Any]) -> None:
        """All messages of a script, then what their last burst sets off."""
        last = START
        for index, line in enumerate(script["messages"]):
            last = at(line["t"])
            self.pass_time(last)
            if line.get("result"):
                self.happen(ResultPublished(self.state.reports[-1].report_id), last)
            else:
                self.happen(MessageArrived(message(script["channel"], index, line)), last)
        rest = timedelta(hours=25) if script["expect"]["outcome"] == "abandoned" else timedelta(seconds=60)
        self.pass_time(last + rest)


def sentences(written: str) -> int:
    """How much the dialogue has to say about one message and whatever that sets off."""
    player, message = Player(rules("hue")), {"t": 0, "text": written}
    player.play({"channel": "zalo", "messages": [message], "expect": {"outcome": "submitted"}})
    return len(player.said)


def wish_of(effect: does.Effect) -> WishAnswered | None:
    """The case grants every wish."""
    match effect:
        case does.CancelReport():
            return WishAnswered(Wish.WITHDRAWAL, effect.report_id)
        case does.SetConfidential():
            return WishAnswered(Wish.SECRECY if effect.value else Wish.OPENNESS, effect.report_id)
        case does.Rate(quiet=False):
            return WishAnswered(Wish.RATING, effect.report_id)
        case does.GiveFeedback():
            return WishAnswered(Wish.FEEDBACK, effect.report_id)
    return None


@dataclass(frozen=True)
class Outcome:
    """What a played dialogue came to."""

    name: str
    drafts: tuple[does.ReportDraft, ...]
    supplies: tuple[does.Supply, ...]
    asked: tuple[str, ...]
    confidential: bool


def outcome_of(player: Player) -> Outcome:
    """Sum the effects of a dialogue up."""
    drafts = tuple(effect.draft for effect in player.effects if isinstance(effect, does.Submit))
    wishes = [effect.value for effect in player.effects if isinstance(effect, does.SetConfidential)]
    confidential = wishes[-1] if wishes else any(draft.confidential for draft in drafts)
    supplies = tuple(effect for effect in player.effects if isinstance(effect, does.Supply))
    return Outcome(name_of(player, drafts), drafts, supplies, asked_of(player), confidential)


def name_of(player: Player, drafts: tuple[does.ReportDraft, ...]) -> str:
    """The one word for how it ended; the weightiest effect decides."""
    weighty = (
        (does.Divert, "diverted"),
        (does.RaiseEmergency, "emergency"),
        (does.CancelReport, "cancelled"),
        (does.HandOver, "handed_over"),
        (does.Rate, "rated"),
    )
    done = {type(effect) for effect in player.effects}
    heavy = next((name for kind, name in weighty if kind in done), "")
    if heavy or drafts:
        return heavy or "submitted"
    if does.Abandon in done:
        return "abandoned"
    templates = [template for template, _ in player.said]
    if "cancelled.draft" in templates and not player.state.drafts:
        return "cancelled"
    if does.AskStatus in done or "ask.code" in templates:
        return "status"
    return "asking" if player.state.drafts else "smalltalk"


def asked_of(player: Player) -> tuple[str, ...]:
    """The questions put, in order; asking the same again at once counts once."""
    questions = [template.split(".")[1] for template, _ in player.said if template.startswith(("ask.", "ask_again."))]
    return tuple(name for index, name in enumerate(questions) if index == 0 or questions[index - 1] != name)
