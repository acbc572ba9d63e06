"""What the dialogue knows beside the conversation: the rules of a regulation, the communes that may be meant, time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from core.courtesy import Courtesy
from core.intake.dialogue import Step, step
from core.intake.happenings import Happening
from core.intake.rules import IntakeRules
from core.service.agencies import AgencyBook
from core.service.places import PlaceBook
from core.service.talk import Talk


@dataclass(frozen=True)
class Thinking:
    """Lets the pure dialogue answer with what is known now; nothing is written."""

    rules_now: Callable[[], IntakeRules]
    places: PlaceBook
    agencies: AgencyBook
    now: Callable[[], datetime]
    courtesy: Courtesy

    @property
    def rules(self) -> IntakeRules:
        """The rules of the regulation in force."""
        return self.rules_now()

    async def answer(self, talk: Talk, happening: Happening) -> Step:
        """What the dialogue does about one happening, once nobody outside is kept waiting by that."""
        await self.places.warm()
        await self.courtesy.give_way()
        ground = self.places.ground(self.agencies.today)
        return step(talk.dialogue, happening, rules=self.rules, now=self.now(), texts=talk.texts, ground=ground)
