"""
Puts the recorded figures into `docs/reliability.md`: `python -m tests.faults.render [--check]`.

The page is written by people; a table stands between `<!-- chaos:NAME TITLE OF FIRST COLUMN -->` and
`<!-- /chaos -->` and is replaced by what `build/chaos/NAME.json` holds. A table without a record stays as it is, so
that running half of the tests does not empty the page. `--check` only says whether every recorded table has a place.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.record import FOLDER, Figure, made_of, rows_of

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
PLACE = re.compile(r"(?P<begin><!-- chaos:(?P<name>[\w-]+) (?P<title>[^>]*?) ?-->\n).*?(?P<end><!-- /chaos -->)", re.S)


def render(page: str, *, folder: Path = FOLDER) -> str:
    """The page with every recorded table renewed."""

    def renew(found: re.Match[str]) -> str:
        rows = rows_of(found["name"], folder=folder)
        if not rows:
            return found[0]
        made = f"\nMade by `make chaos` on {made_of(found['name'], folder=folder)}.\n\n"
        return found["begin"] + "\n" + table(found["title"], rows) + made + found["end"]

    return PLACE.sub(renew, page)


def table(title: str, rows: Mapping[str, Mapping[str, Figure]]) -> str:
    """Markdown; a figure that a row does not have is a dash."""
    columns = list(dict.fromkeys(column for figures in rows.values() for column in figures))
    lines = [[title, *columns], ["---"] * (len(columns) + 1)]
    lines += [[row, *(_shown(figures.get(column, "–")) for column in columns)] for row, figures in rows.items()]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _shown(figure: Figure) -> str:
    return f"{figure:,}" if isinstance(figure, int | float) else figure.replace("|", "\\|")


def homeless(page: str, *, folder: Path = FOLDER) -> list[str]:
    """Recorded tables that the page has no place for."""
    places = {found["name"] for found in PLACE.finditer(page)}
    return sorted(path.stem for path in folder.glob("[!.]*.json") if path.stem not in places)


def main(given: Sequence[str] | None = None) -> int:
    """Write the page; 1 when a table has no place in it. `given`: in place of the command line's."""
    parser = argparse.ArgumentParser(description="Render docs/reliability.md from build/chaos.")
    parser.add_argument("--check", action="store_true", help="write nothing")
    page = PAGE.read_text(encoding="utf-8")
    if not parser.parse_args(given).check:
        PAGE.write_text(render(page), encoding="utf-8")
    for name in homeless(page):
        print(f"{PAGE.name} has no place <!-- chaos:{name} … -->", file=sys.stderr)
    return 1 if homeless(page) else 0


if __name__ == "__main__":
    sys.exit(main())
