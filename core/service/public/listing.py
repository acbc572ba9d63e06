"""
Which published cases somebody asked for: by words, category and days, the newest first.

Words are looked up in the index; so are the words of the category, whose exact label then decides. A page is filled
by going on in the index, a bounded number of times.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.intake.fold import fold
from core.service.publishing import RESULT
from core.storage import reports
from core.storage.database import Connection
from core.storage.reports import PublicationRow

MOST_LOOKS = 8
"""How often the index is asked for one page; what is rarer than that is found by words."""
LOOK_AT_LEAST = 100

Place = tuple[datetime, str]
"""Where a page begins: behind this instant and case."""


@dataclass(frozen=True)
class Wanted:
    """
    Args:
        kind: results or refusals. search: words, in any spelling.
        category: its label, as shown; empty: any. since, until: aware; published in [since, until), None: any.
    """

    kind: str = RESULT
    search: str = ""
    category: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def words(self) -> str:
        """What the index is asked for: the words, and those of the category in their order."""
        category = fold(self.category).replace('"', " ")
        return f'{fold(self.search)} "{category}"'.strip() if category else fold(self.search)

    def accepts(self, row: PublicationRow) -> bool:
        """Whether a row that the index found is really one of them."""
        return not self.category or row.view.get("category") == self.category


def listed(connection: Connection, wanted: Wanted, *, before: Place | None, most: int) -> list[PublicationRow]:
    """At most `most` rows behind `before`."""
    found: list[PublicationRow] = []
    place, step = _begin(wanted, before), max(most, LOOK_AT_LEAST) if wanted.category else most
    for _ in range(MOST_LOOKS):
        rows = reports.published(connection, kind=wanted.kind, text=wanted.words, before=place, most=step)
        within = [row for row in rows if wanted.since is None or row.published_at >= wanted.since]
        found += [row for row in within if wanted.accepts(row)]
        if len(found) >= most or len(rows) < step or len(within) < len(rows):
            break
        place = (rows[-1].published_at, rows[-1].case_id)
    return found[:most]


def _begin(wanted: Wanted, before: Place | None) -> Place | None:
    """The later page's beginning, or the end of the days asked for."""
    if wanted.until is None:
        return before
    end = (wanted.until, "")
    return min(before, end) if before else end
