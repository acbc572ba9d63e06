"""The lane of a link: each piece of news is an entry of the outbox, in order with the others of its case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from core.cases.model import Case
from core.contract.schema import Address, Model, OutboundMessage
from core.privacy.keys import SYSTEM
from core.service.envelope import sealed_entry
from core.service.links.book import Link
from core.service.safe import Safe
from core.service.work import Work
from core.storage import outbox

SUBJECT = f"{SYSTEM}links"


@dataclass(frozen=True)
class LinkPost:
    """Puts news into units of work."""

    safe: Safe
    now: Callable[[], datetime]

    async def put(
        self,
        work: Work,
        link: Link,
        entry: str,
        news: Model,
        *,
        cause: str,
        case: Case | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        """One entry in the lane of a link. `cause`: once for each of this case; `fields`: for the way, not told."""
        message = OutboundMessage(
            id=entry,
            channel=link.lane,
            account="",
            recipient=Address(channel=link.lane, account="", value=link.name),
            text=news.model_dump_json(),
            conversation_id=case.id if case else entry,
            fields=dict(fields or {}),
        )
        key, case_id = f"{link.lane}/{case.id if case else ''}/{cause}", case.id if case else None
        seal = partial(sealed_entry, subject_id=SUBJECT, dedupe_key=key, now=self.now(), case_id=case_id)
        row = await self.safe.aside(partial(seal, self.safe, message), SUBJECT)
        work.put(outbox.ENTRIES, row.__dict__)
