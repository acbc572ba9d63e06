"""
Does the agency tree hold together, and can the pack's categories and kinds be found in it?
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from core.cases.agencies import Agency
from core.regulations.lint.finding import Finding, Kind, Path, error
from core.regulations.model import Pack


def lint_agencies(agencies: Iterable[Agency], pack: Pack) -> tuple[Finding, ...]:
    """
    All findings about a list of agencies under a pack: unknown parents and successors, circles, ids given twice,
    and agencies or kinds of agencies which the pack names and the list does not have.
    """
    rows = tuple(agencies)
    found = {*check_tree(rows), *check_named(rows, pack)}
    return tuple(sorted(found))


def check_tree(rows: tuple[Agency, ...]) -> Iterator[Finding]:
    """Every parent and successor is in the list, every id once, and nobody stands above itself."""
    known = {row.id: row for row in rows}
    for agency_id, count in Counter(row.id for row in rows).items():
        if count > 1:
            yield error(Kind.DUPLICATE, ("agencies", agency_id), f"the agency {agency_id!r} is given {count} times")
    for row in rows:
        if row.parent is not None and row.parent not in known:
            yield _orphan(row, "parent", f"no agency {row.parent!r} to stand below")
        elif _is_above_itself(row, known):
            yield _orphan(row, "parent", f"the agency {row.id!r} stands above itself")
        for heir in row.replaced_by:
            if heir not in known:
                yield _orphan(row, "replaced_by", f"no agency {heir!r} to take over")


def _orphan(row: Agency, field: str, message: str) -> Finding:
    return error(Kind.AGENCY_ORPHAN, ("agencies", row.id, field), message)


def _is_above_itself(row: Agency, known: dict[str, Agency]) -> bool:
    seen = set()
    above = row.parent
    while above in known and above not in seen:
        seen.add(above)
        above = known[above].parent
    return row.id in seen


def check_named(rows: tuple[Agency, ...], pack: Pack) -> Iterator[Finding]:
    """The agencies that categories usually go to, and the kinds that moves may name, exist."""
    ids, kinds = {row.id for row in rows}, {row.kind for row in rows}
    for category in pack.intake.categories.values():
        path: Path = ("intake", "categories", category.id, "agencies")
        for name in category.agencies:
            if name not in ids:
                yield error(Kind.DANGLING, path, f"no agency {name!r}", category.cites)
    for field in pack.intake.competences.values():
        for name in field.agencies:
            if name not in ids:
                where = ("intake", "competences", field.id, "agencies")
                yield error(Kind.DANGLING, where, f"no agency {name!r}", field.cites)
    for move in pack.moves.values():
        for kind in move.target.kinds:
            if kind not in kinds:
                message = f"no agency is of the kind {kind!r}"
                yield error(Kind.DANGLING, ("moves", move.id, "target", "kinds"), message, move.cites)
