"""
The agencies of a province through time: what was written down about each of them, and how that may be changed.

Pure: no I/O, days come in as arguments. A day's tree is `core.cases.agencies.AgencyTree`.
"""

from core.agencies.changing import AgencyRefused, add, amend, close, merge
from core.agencies.history import FIELDS, AgencyHistory, Entry, entries_of, typed_fields
from core.agencies.kinds import KINDS, kinds_in
from core.agencies.renewing import renew

__all__ = [
    "FIELDS",
    "KINDS",
    "AgencyHistory",
    "AgencyRefused",
    "Entry",
    "add",
    "amend",
    "close",
    "entries_of",
    "kinds_in",
    "merge",
    "renew",
    "typed_fields",
]
