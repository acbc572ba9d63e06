"""
Which published cases somebody asked for: by words, category and days, the newest first.

Words are looked up in the index; so are the words of the category, whose exact label then decides, and the one that
stands for a commune. A page is filled by going on in the index, a bounded number of times.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.intake.fold import fold
from core.service.publishing import RESULT, commune_word
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
        category: its label, as shown; commune: its code; empty: any.
        since, until: aware; published in [since, until), None: any.
    """

    kind: str = RESULT
    search: str = ""
    category: str = ""
    commune: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def words(self) -> str:
        """What the index is asked for: the words, those of the category in their order, and the commune's."""
        category = fold(self.category).replace('"', " ")
        asked = (fold(self.search), f'"{category}"' if category else "", commune_word(self.commune))
        return " ".join(filter(None, asked))

    @property
    def is_narrow(self) -> bool:
        """Whether the index may find rows that are none of them."""
        return bool(self.category or self.commune)

    def accepts(self, row: PublicationRow) -> bool:
        """Whether a row that the index found is really one of them."""
        told = row.view.get
        return self.category in ("", told("category")) and self.commune in ("", told("commune_code"))


def listed(connection: Connection, wanted: Wanted, *, before: Place | None, most: int) -> list[PublicationRow]:
    """At most `most` rows behind `before`."""
    found: list[PublicationRow] = []
    place, step = _begin(wanted, before), max(most, LOOK_AT_LEAST) if wanted.is_narrow else most
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
