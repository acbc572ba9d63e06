"""
Where the shipped national calendar comes from: the `holidays` package plus our documented corrections.

`python -m core.clock.seed > core/clock/data/vietnam.yaml` writes the file anew; a test compares the two. The product
itself never imports `holidays`: provinces edit tables, and an upgraded package must not move a due time.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

from core.clock.calendar_data import DATA, read_yaml

_SWAP = re.compile(r"\(substituted from (\d\d)/(\d\d)/(\d{4})\)")


def seed_calendar(first_year: int = 2025, last_year: int = 2027) -> dict[str, Any]:
    """
    The national calendar as the mapping that `calendar_from_data` reads, corrections included.

    Returns: JSON-ready; entries sorted by date, one per date, the corrections winning.
    """
    corrections = read_yaml(DATA / "vietnam_corrections.yaml")
    days = {entry["date"]: entry for entry in _from_holidays(range(first_year, last_year + 1))}
    for correction in corrections["days"]:
        days[str(correction["date"])] = {key: str(value) for key, value in correction.items()}
    span = {"from": f"{first_year}-01-01", "to": f"{last_year}-12-31"}
    return {
        "id": "vietnam",
        "version": 1,
        "source": corrections["source"],
        "covers": span,
        "provisional_from": str(corrections["provisional_from"]),
        "weekdays": ["mon", "tue", "wed", "thu", "fri"],
        "shifts": [{**span, "hours": list(corrections["hours"])}],
        "days": [days[key] for key in sorted(days)],
    }


def _from_holidays(years: range) -> Iterator[dict[str, str]]:
    import holidays

    english = holidays.country_holidays("VN", years=years, language="en_US")
    vietnamese = holidays.country_holidays("VN", years=years, language="vi")
    for day in sorted(english):
        if day.year in years:
            yield from _entries(day, english[day], vietnamese[day])


def _entries(day: date, name_en: str, name_vi: str) -> Iterator[dict[str, str]]:
    swap = _SWAP.search(name_en)
    if swap is None:
        kind = "substitute" if "(observed)" in name_en else "holiday"
        yield {"date": day.isoformat(), "kind": kind, "name_vi": name_vi, "name_en": name_en}
        return
    worked = date(int(swap[3]), int(swap[1]), int(swap[2]))
    yield from swap_entries(day, worked)


def swap_entries(off: date, worked: date) -> Iterator[dict[str, str]]:
    """The two entries of a swap: the weekday off and the Saturday worked for it."""
    yield {
        "date": off.isoformat(),
        "kind": "substitute",
        "name_vi": f"Nghỉ hoán đổi, làm bù ngày {worked:%d/%m/%Y}",
        "name_en": f"Day off, worked on {worked:%d/%m/%Y} instead",
        "exchanged_with": worked.isoformat(),
    }
    yield {
        "date": worked.isoformat(),
        "kind": "swapped_in",
        "name_vi": f"Làm bù cho ngày nghỉ {off:%d/%m/%Y}",
        "name_en": f"Working day in exchange for {off:%d/%m/%Y}",
        "exchanged_with": off.isoformat(),
    }


def main() -> None:
    """Write the shipped file to standard output."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width = 1000
    yaml.default_flow_style = None
    sys.stdout.write("# Written by `python -m core.clock.seed`; corrections belong in vietnam_corrections.yaml.\n")
    yaml.dump(seed_calendar(), sys.stdout)


if __name__ == "__main__":
    main()
