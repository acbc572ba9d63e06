"""
Communes and what became of them: official codes with their dates, old names that lead to the new places (VN-10).

Pure: no I/O but reading a table that is handed in. Codes are not names: 2025 gave many old codes to new communes, so
a code means something only beside its day.
"""

from core.places.gazetteer import Gazetteer, Suggestion
from core.places.ground import Ground, only
from core.places.tables import PlacesInvalid, read_communes, read_successions
from core.places.units import Commune, Succession

__all__ = [
    "Commune",
    "Gazetteer",
    "Ground",
    "PlacesInvalid",
    "Succession",
    "Suggestion",
    "only",
    "read_communes",
    "read_successions",
]
