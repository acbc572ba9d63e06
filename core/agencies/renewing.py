"""
What a later version of the program ships of a tree that was taken in as an earlier one shipped it: for demonstrations.

Nothing is forgotten, as ever: days are corrected, and an agency that is shipped no longer ends. Whatever a person wrote
stays as they wrote it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from core.agencies.changing import Entries, merge
from core.agencies.history import AgencyHistory, Entry


def renew(history: AgencyHistory, shipped: Mapping[str, Entries], *, taken_in: Collection[int], today: date) -> Entries:
    """
    The entries that make the tree what ships now; none where it is that.

    Args:
        shipped: by agency. `taken_in`: the editions in which nothing was written but what shipped at their time.
    Raises: AgencyRefused: the tree would not hold together on some day.
    """
    touched = {entry.agency_id for entry in history.entries if entry.edition not in taken_in}
    untouched = dict.fromkeys(entry.agency_id for entry in history.entries if entry.agency_id not in touched)
    wanted = [entry for key, told in shipped.items() if key not in touched for entry in _corrected(history, key, told)]
    gone = [entry for key in untouched if key not in shipped for entry in _ended(history, key, today)]
    return merge(history, [*wanted, *gone])


def _corrected(history: AgencyHistory, agency_id: str, told: Entries) -> Iterator[Entry]:
    """What is told, and the same of days that were known and are told no more."""
    yield from told
    days = {entry.day for entry in told}
    for known in history.terms(agency_id):
        if known.day not in days:
            before = [entry for entry in told if entry.day <= known.day] or told[:1]
            yield before[-1].model_copy(update={"since": known.since})


def _ended(history: AgencyHistory, agency_id: str, today: date) -> Iterator[Entry]:
    """It is no more, and whoever answers for its commune now did so before: cases still find its name."""
    terms = history.terms(agency_id)
    if terms[-1].ended:
        return
    yield from (term.model_copy(update={"commune_code": None}) for term in terms)
    yield Entry(agency_id=agency_id, since=max(today, terms[-1].day), ended=True)
