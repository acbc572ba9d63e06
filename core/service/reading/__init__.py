"""
What staff read: queues, search, case pages, conversations, contacts, as frozen views in plain Vietnamese.

`CaseReader` is the way in; `views` says what comes out. Lists show no names and first words masked; pages are masked
until somebody asks to reveal, which is logged first.
"""

from core.service.reading.base import RevealRefused
from core.service.reading.lists import Wanted
from core.service.reading.reader import CaseReader

__all__ = ["CaseReader", "RevealRefused", "Wanted"]
