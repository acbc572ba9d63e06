"""What the clerk's hands stand on, and those that are made of nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.notify.house import House
from core.privacy.media import FileMediaStore
from core.service.carrying import Carriers
from core.service.case_links import CaseLinks
from core.service.devices import SealedDevices
from core.service.letters import LetterDesk
from core.service.letters_out import LettersOut
from core.service.officers import Officers
from core.service.posting import Posting
from core.service.regulation import Regulation
from core.service.ringing import Ringing
from core.service.safe import Safe
from core.service.talks import Talks
from core.service.texts import Texts
from core.service.thinking import Thinking
from core.storage.database import Database


@dataclass(frozen=True)
class Ground:
    """
    One deployment's stores, rules and clock.

    Args:
        mailbox: our own address; empty: no mail. accounts: channels by which staff can be told, with our side of each.
    """

    database: Database
    safe: Safe
    media: FileMediaStore
    regulation: Regulation
    thinking: Thinking
    house: House
    mailbox: str
    now: Callable[[], datetime]
    carriers: Carriers
    accounts: Mapping[str, str] = field(default_factory=dict)

    @property
    def pushes(self) -> bool:
        """Whether browsers can be told."""
        return "push" in self.accounts

    def posting(self, talks: Talks, devices: SealedDevices) -> Posting:
        """Puts into the outbox what is said to citizens."""
        ringing = Ringing(self.database, devices=devices, carriers=self.carriers, push=self.pushes)
        return Posting(talks, safe=self.safe, now=self.now, ringing=ringing, quiet=self.house.quiet)

    def officers(self, links: CaseLinks) -> Officers:
        """Tells staff what waits for them."""
        return Officers(
            self.database,
            safe=self.safe,
            regulation=self.regulation,
            house=self.house,
            links=links,
            accounts=self.accounts,
            now=self.now,
        )

    def letters(self, texts: Texts) -> LettersOut:
        """Letters on paper, where the regulation wants one."""
        desk = LetterDesk(media=self.media, house=self.house)
        return LettersOut(self.database, safe=self.safe, regulation=self.regulation, texts=texts, desk=desk)
