"""What the dialogue knows beside the conversation: the rules of a regulation, the communes that may be meant, time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from core.courtesy import Courtesy
from core.intake.dialogue import Step, step
from core.intake.happenings import Happening
from core.intake.rules import IntakeRules
from core.service.agencies import AgencyBook
from core.service.places import PlaceBook
from core.service.talk import Talk
from core.service.thinkers.crew import Thinkers
from core.service.thinkers.wire import Premises, Question


@dataclass(frozen=True)
class Thinking:
    """Lets the pure dialogue answer with what is known now; nothing is written."""

    rules_now: Callable[[], IntakeRules]
    places: PlaceBook
    agencies: AgencyBook
    now: Callable[[], datetime]
    courtesy: Courtesy
    thinkers: Thinkers = field(default_factory=Thinkers)

    @property
    def rules(self) -> IntakeRules:
        """The rules of the regulation in force."""
        return self.rules_now()

    def premises(self) -> Premises:
        """What every answer goes by, as it is now."""
        return Premises(self.rules, self.places.ground(self.agencies.today))

    async def answer(self, talk: Talk, happening: Happening) -> Step:
        """What the dialogue does about one happening, once nobody outside is kept waiting by what follows from it."""
        await self.places.warm()
        premises, now = self.premises(), self.now()
        found = await self.thinkers.answer(Question(talk.turn, talk.dialogue, happening, now), premises)
        await self.courtesy.give_way()
        return found or step(
            talk.dialogue, happening, rules=premises.rules, now=now, texts=talk.texts, ground=premises.ground
        )
