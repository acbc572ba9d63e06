"""Figures of a period for the operator, and their milestones made anew."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from core.clock.zone import day_written
from core.contract.errors import GatewayError
from core.service.statistics import PeriodUnknown, usual_periods
from core.service.statistics.sheets import Sheet, sheets, written
from gateway.admin.services import rebuilding_of
from gateway.deployment import Deployment
from gateway.statistics.asking import figures_of, period_of
from gateway.statistics.files import FILES, file_of
from gateway.statistics.wording import subtitle_of, title_of


class NotCounted(GatewayError):
    """What was asked for is no period, no day or no kind of file."""

    code = "not_counted"


async def period(deployment: Deployment, arguments: Mapping[str, Any]) -> Any:
    """The figures of `period` as of the end of the day `as_of`; `file`: xlsx or pdf, base64. Raises NotCounted."""
    name = arguments.get("period") or usual_periods(deployment.now())[0][0]
    try:
        as_of = day_written(arguments["as_of"]) if arguments.get("as_of") else None
        wanted = period_of(deployment, name, as_of=as_of)
    except (PeriodUnknown, ValueError) as error:
        raise NotCounted(f"no such period or day: {error}") from error
    figures = await figures_of(deployment, wanted)
    title, subtitle = title_of(figures), subtitle_of(figures, deployment.settings.office)
    tables = sheets(figures)
    answer = {"title": title, "subtitle": subtitle, "sheets": [_shown(sheet) for sheet in tables]}
    if kind := arguments.get("file"):
        if kind not in FILES:
            raise NotCounted(f"files are .{' or .'.join(FILES)}, not .{kind}")
        made = await file_of(deployment, kind, title=title, subtitle=subtitle, tables=tables, figures=figures)
        answer["file"] = b64encode(made).decode()
    return answer


async def rebuild(deployment: Deployment, _arguments: Mapping[str, Any]) -> Any:
    """Read every milestone off the events again, in the worker, beside its work."""
    await rebuilding_of(deployment).begin()
    return {"begun": True}


def _shown(sheet: Sheet) -> dict[str, Any]:
    return {
        "id": sheet.id,
        "title": sheet.title,
        "columns": list(sheet.columns),
        "rows": [list(row) for row in sheet.rows],
        "written": [[written(cell) for cell in row] for row in sheet.rows],
    }
