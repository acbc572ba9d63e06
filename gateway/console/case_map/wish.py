"""What somebody wants to see of the map: all of it stands in the address, so that it can be kept and sent on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress

from core.service.reading.mapped import MapWish
from core.storage.deadlines import STATES
from core.storage.mapped import Frame

CATEGORY, STATE, URGENT, COMMUNE, FRAME = "linh-vuc", "muc", "khan", "xa", "khung"
_LATITUDES, _LONGITUDES = 90_000, 180_000


def read_wish(query: Mapping[str, str], *, categories: Collection[str]) -> MapWish:
    """Out of an address; what makes no sense is left out."""
    category, state = query.get(CATEGORY, ""), query.get(STATE, "")
    return MapWish(
        category=category if category in categories else "",
        state=state if state in STATES else "",
        urgent_only=query.get(URGENT) == "1",
        commune=query.get(COMMUNE, "")[:16],
        frame=_frame(query.get(FRAME, "")),
    )


def query_of(wish: MapWish) -> dict[str, str]:
    """The same as an address has it; what was not asked for is left out."""
    frame = wish.frame and ",".join(map(str, (wish.frame.south, wish.frame.west, wish.frame.north, wish.frame.east)))
    asked = {
        CATEGORY: wish.category,
        STATE: wish.state,
        URGENT: "1" if wish.urgent_only else "",
        COMMUNE: wish.commune,
        FRAME: frame or "",
    }
    return {name: value for name, value in asked.items() if value}


def _frame(written: str) -> Frame | None:
    """Four edges in thousandths of a degree: south, west, north, east; None for anything else."""
    with suppress(ValueError):
        south, west, north, east = (int(part) for part in written[:40].split(","))
        if -_LATITUDES <= south <= north <= _LATITUDES and -_LONGITUDES <= west <= east <= _LONGITUDES:
            return Frame(south, west, north, east)
    return None
