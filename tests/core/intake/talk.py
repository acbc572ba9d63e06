"""A conversation with the dialogue, told line by line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core.contract.schema import InboundMessage
from core.intake import effects as does
from core.intake.happenings import (
    MessageArrived,
)
from tests.core.intake.harness import Player, at, message, rules

LAMP = "đèn đường trước số 12 Nguyễn Huệ hỏng"


@dataclass
class Talk:
    """A conversation told line by line."""

    channel: str = "zalo"
    regulation: str = "hue"
    count: int = 0
    player: Player = field(init=False)

    def __post_init__(self) -> None:
        self.player = Player(rules(self.regulation))

    def hear(self, seconds: float, text: str = "", **said: Any) -> InboundMessage:
        """The citizen writes."""
        self.player.pass_time(at(seconds))
        sent = message(self.channel, self.count, {"t": seconds, "text": text, **said})
        return self.deliver(sent)

    def deliver(self, sent: InboundMessage) -> InboundMessage:
        """One message reaches us at the time we received it."""
        self.count += 1
        self.player.happen(MessageArrived(sent), sent.received_at)
        return sent

    def wait(self, seconds: float) -> None:
        """Time passes until then."""
        self.player.pass_time(at(seconds))

    def of(self, kind: type) -> list[Any]:
        """The effects of one kind so far."""
        return [effect for effect in self.player.effects if isinstance(effect, kind)]

    @property
    def drafts(self) -> list[does.ReportDraft]:
        """The submitted drafts."""
        return [effect.draft for effect in self.of(does.Submit)]

    @property
    def templates(self) -> list[str]:
        """What was said, by key."""
        return [template for template, _ in self.player.said]
