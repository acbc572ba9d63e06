"""Figures as files to keep or to send on: which kinds there are, and how each is made."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from core.service.statistics import Figures
from core.service.statistics.codes import MOST_CASES, codes_sheet
from core.service.statistics.sheets import Sheet
from core.storage import statistics
from core.storage.statistics import Behind
from gateway.deployment import Deployment
from gateway.statistics.charts import Chart, charts_of
from gateway.statistics.printed import LETTERS, drawn
from gateway.statistics.spreadsheet import MEDIA_TYPE, workbook
from gateway.statistics.trend import Trend


@dataclass(frozen=True)
class FileKind:
    """A kind of file. `lists_codes`: it has room for the codes of the cases behind every figure."""

    media_type: str
    make: Callable[[str, str, Sequence[Sheet], Sequence[Chart]], bytes]
    lists_codes: bool = False


def _workbook(title: str, subtitle: str, tables: Sequence[Sheet], _charts: Sequence[Chart]) -> bytes:
    return workbook(title, subtitle, tables)


FILES: Mapping[str, FileKind] = MappingProxyType(
    {"xlsx": FileKind(MEDIA_TYPE, _workbook, lists_codes=True), "pdf": FileKind("application/pdf", drawn)}
)


async def file_of(
    deployment: Deployment, kind: str, *, title: str, subtitle: str, tables: Sequence[Sheet], figures: Figures
) -> bytes:
    """The file of a kind that `FILES` knows; drawn beside the event loop."""
    charts = charts_of(figures, await Trend(deployment.database, deployment.now).months(figures.period), font=LETTERS)
    made = list(tables)
    if FILES[kind].lists_codes:
        made.append(await asyncio.to_thread(codes_sheet, tables, await _behind(deployment, figures)))
    return await asyncio.to_thread(FILES[kind].make, title, subtitle, [sheet for sheet in made if sheet.rows], charts)


async def _behind(deployment: Deployment, figures: Figures) -> Sequence[Behind] | None:
    """What is behind all figures; None where that are too many cases to be listed."""
    if figures.cases.total > MOST_CASES:
        return None
    return await deployment.database.read(partial(statistics.behind, period=figures.period))
