"""The files of a case, each once and with a label that says where it came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.cases.model import Case
from core.contract.schema import Report
from core.identity.codes import format_code
from core.service.reading.curtain import Curtain
from core.service.reading.names import Names
from core.service.reading.talking import files
from core.service.reading.views import File


def held_files(case: Case, reported: Iterable[Report], *, names: Names, curtain: Curtain) -> tuple[File, ...]:
    """What reporters sent first, then what agencies added."""
    found: dict[str, File] = {}
    for one in (*_reported(reported, curtain), *_added(case, names)):
        found.setdefault(one.key, one)
    return tuple(found.values())


def _reported(reports: Iterable[Report], curtain: Curtain) -> Iterator[File]:
    for report in reports:
        yield from files(report.attachments, curtain, of=f"phản ánh {format_code(report.code)}")


def _added(case: Case, names: Names) -> Iterator[File]:
    agency = names.agencies.name
    yield from _keys(case.media, "Tệp người phản ánh gửi")
    for item in case.dispatches:
        evidence = [key for made in item.resolutions for key in made.evidence]
        yield from _keys(evidence, f"Minh chứng của {agency(item.agency_id)}")
    for help_ in case.coordinations:
        yield from _keys((*help_.files, *help_.supplied), f"Tệp phối hợp với {agency(help_.agency_id)}")
    for said in case.feedbacks:
        yield from _keys(said.files, "Tệp làm rõ")


def _keys(keys: Iterable[str], label: str) -> Iterator[File]:
    return (File(key=key, label=f"{label} ({number})") for number, key in enumerate(keys, start=1))
