"""One turn of the dialogue in the making: the state as it changes, and the effects so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.identity.codes import format_code
from core.intake.effects import Button, ClearTimer, Effect, Phrase, Say, SetTimer
from core.intake.facts import Facts
from core.intake.happenings import TimerKind
from core.intake.rules import ChannelTraits, IntakeRules
from core.intake.state import Dialogue, Draft, OpenReport, Part
from core.intake.understand import understand
from core.intake.words import Text, Texts
from core.places import Ground

DUE = {TimerKind.BURST: "burst_due", TimerKind.REMINDER: "reminder_due", TimerKind.SILENCE: "silence_due"}


@dataclass
class Turn:
    """Lives for one `step`; everything it holds is handed out as values."""

    state: Dialogue
    rules: IntakeRules
    now: datetime
    effects: list[Effect] = field(default_factory=list)
    texts: Texts = field(default_factory=Texts)
    ground: Ground = field(default_factory=Ground)

    @property
    def traits(self) -> ChannelTraits:
        """How people write on this conversation's channel."""
        return self.rules.traits_of(self.state.channel)

    @property
    def draft(self) -> Draft | None:
        """The unfinished report that is being asked about."""
        return self.state.drafts[0] if self.state.drafts else None

    @property
    def report(self) -> OpenReport | None:
        """The report submitted last."""
        return self.state.reports[-1] if self.state.reports else None

    def text(self, words: str) -> Text:
        """These words, ready to be read; the same words are read once in a step."""
        return self.texts[words]

    def facts(self, parts: Sequence[Part]) -> Facts:
        """What these messages tell together; the same messages are understood once."""
        return understand(parts, self.rules, texts=self.texts)

    def change(self, **updates: object) -> None:
        """Put new values into the state."""
        self.state = self.state.model_copy(update=updates)

    def do(self, effect: Effect) -> None:
        """One more effect."""
        self.effects.append(effect)

    def say(self, template: str, *buttons: Button, **params: str | Phrase) -> None:
        """Tell the citizen; buttons only where the channel has them, a report code in groups as it is read out."""
        shown = buttons if self.traits.buttons else ()
        code = params.get("code")
        spoken = {**params, "code": format_code(code)} if isinstance(code, str) else params
        self.do(Say(template, {"office": self.rules.office, **spoken}, shown))

    def set_timer(self, kind: TimerKind, wait: timedelta) -> None:
        """Start or move a timer."""
        at = self.now + wait
        self.change(**{DUE[kind]: at})
        self.do(SetTimer(kind, at))

    def clear_timer(self, kind: TimerKind) -> None:
        """Stop a timer, if it runs."""
        if getattr(self.state, DUE[kind]) is not None:
            self.change(**{DUE[kind]: None})
            self.do(ClearTimer(kind))

    def clear_waiting(self) -> None:
        """Stop waiting for an answer."""
        self.clear_timer(TimerKind.REMINDER)
        self.clear_timer(TimerKind.SILENCE)

    def put_draft(self, draft: Draft) -> None:
        """Replace the draft of this id, or take it up as the first one."""
        if any(known.id == draft.id for known in self.state.drafts):
            drafts = tuple(draft if known.id == draft.id else known for known in self.state.drafts)
        else:
            drafts = (draft, *self.state.drafts)
        self.change(drafts=drafts)

    def drop_draft(self, draft_id: str) -> None:
        """Forget a draft."""
        self.change(drafts=tuple(draft for draft in self.state.drafts if draft.id != draft_id), asking=None)
        if not self.state.drafts:
            self.clear_waiting()

    def put_report(self, report: OpenReport) -> None:
        """Replace the open report of this draft."""
        changed = tuple(report if known.draft.id == report.draft.id else known for known in self.state.reports)
        self.change(reports=changed)
