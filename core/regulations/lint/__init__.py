"""
The linter: does a pack make sense as a whole, beyond what the loader refuses?

`lint_pack` looks at a pack in memory, `lint_regulation` at one on disk and says file and line. A finding is an error
(the pack would do something wrong, or a case would get stuck) or a warning (probably a slip).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from core.regulations.agency_files import read_agencies
from core.regulations.lint.agencies import lint_agencies
from core.regulations.lint.citing import check_carried, check_readings, check_references, check_rules
from core.regulations.lint.context import Context, shipped_context
from core.regulations.lint.finding import Finding, Kind, Severity, error
from core.regulations.lint.flow import check_exits, check_reachable, check_roles
from core.regulations.lint.time import check_calendar, check_events, check_missing, check_running
from core.regulations.lint.walk import Subject
from core.regulations.lint.wording import (
    check_duplicates,
    check_fields,
    check_fixed_texts,
    check_groups,
    check_letter,
    check_notices,
    check_public_fields,
)
from core.regulations.loader import BUNDLED, chosen, find_pack, read_source
from core.regulations.model import Pack

__all__ = ["Context", "Finding", "Kind", "Severity", "exit_code", "lint_pack", "lint_regulation", "shipped_context"]

Check = Callable[[Subject], Iterable[Finding]]

CHECKS: tuple[Check, ...] = (
    check_references,
    check_rules,
    check_readings,
    check_carried,
    check_reachable,
    check_exits,
    check_roles,
    check_missing,
    check_events,
    check_running,
    check_calendar,
    check_fields,
    check_groups,
    check_duplicates,
    check_notices,
    check_letter,
    check_fixed_texts,
    check_public_fields,
)


def lint_pack(pack: Pack, context: Context | None = None) -> tuple[Finding, ...]:
    """All findings about one pack, errors first, each once; without a context that of the project itself."""
    subject = Subject(pack, context or shipped_context())
    return tuple(sorted({finding for check in CHECKS for finding in check(subject)}))


def lint_regulation(
    name_or_path: str | Path, *, roots: tuple[Path, ...] = (BUNDLED,), context: Context | None = None
) -> tuple[Finding, ...]:
    """
    All findings about a regulation on disk, with file and line; what the loader would refuse is a finding too.

    Raises: PackError: there is no such pack, or a file of it is not YAML.
    """
    path = find_pack(str(name_or_path), roots)
    source = chosen(read_source(path, roots))
    try:
        pack = Pack.model_validate(source.document)
    except ValidationError as invalid:
        return tuple(replace(finding, place=source.locate(finding.path)) for finding in _schema(invalid))
    found = (*lint_pack(pack, context), *_agencies_of(path, pack, roots))
    return tuple(replace(finding, place=finding.place or source.locate(finding.path)) for finding in found)


def _agencies_of(path: Path, pack: Pack, roots: tuple[Path, ...]) -> Iterator[Finding]:
    """The agencies beside the pack, else beside the one that it varies; a pack may come without."""
    folders = [path, *([find_pack(pack.meta.variant_of, roots)] if pack.meta.variant_of else [])]
    for file in [folder / "agencies.yaml" for folder in folders if (folder / "agencies.yaml").is_file()][:1]:
        for finding in lint_agencies(read_agencies(file), pack):
            place = f"{file.parent.name}/{file.name}: " if finding.path[0] == "agencies" else ""
            yield replace(finding, place=place)


def _schema(invalid: ValidationError) -> Iterator[Finding]:
    for item in invalid.errors():
        yield error(Kind.SCHEMA, tuple(str(part) for part in item["loc"] if part != "[key]"), item["msg"])


def exit_code(findings: Iterable[Finding]) -> int:
    """1 if any finding is an error, else 0."""
    return 1 if any(finding.severity is Severity.ERROR for finding in findings) else 0
