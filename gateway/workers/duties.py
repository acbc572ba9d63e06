"""What a worker does for those who owe something: reminders of reports and of requests, the hours of service, and what
was counted for nobody any more."""

from __future__ import annotations

from functools import partial
from typing import TypeVar

from core.service.national_reminding import NationalReminding
from core.service.statistics import Keeping
from core.service.statistics.reminding import Reminding
from core.service.subjects.reminding import DataReminding
from core.storage import uptime
from gateway.deployment import Deployment
from gateway.statistics.reports import reports_of
from gateway.workers.loop import Loop

_REMINDING_SECONDS = 300.0
_PRESENCE_SECONDS = 20.0
_NATIONAL_SECONDS = 600.0
_LETTING_GO_SECONDS = 3600.0
REPORTS = "/console/bao-cao"
DATA = "/console/du-lieu-ca-nhan"
NATIONAL = "/console/he-thong-quoc-gia"

R = TypeVar("R", NationalReminding, DataReminding)


def reminding_of(deployment: Deployment) -> Reminding:
    """Who reminds of reports and explanations."""
    return Reminding(
        deployment.database,
        reports=reports_of(deployment),
        officers=deployment.clerk.officers,
        safe=deployment.safe,
        regulation=deployment.regulation,
        page=f"{deployment.settings.public_url}{REPORTS}",
        case_page=deployment.clerk.house.case_page,
        now=deployment.now,
    )


def national_reminding_of(deployment: Deployment) -> NationalReminding:
    """Who reminds of what waits to be entered in the national system (VN-7)."""
    return _of_what_waits(NationalReminding, deployment, NATIONAL)


def data_reminding_of(deployment: Deployment) -> DataReminding:
    """Who reminds of what people ask about their data (VN-4)."""
    return _of_what_waits(DataReminding, deployment, DATA)


def _of_what_waits(kind: type[R], deployment: Deployment, page: str) -> R:
    return kind(
        deployment.database,
        officers=deployment.clerk.officers,
        regulation=deployment.regulation,
        page=f"{deployment.settings.public_url}{page}",
        now=deployment.now,
    )


def duties(deployment: Deployment) -> list[Loop]:
    """Their loops."""

    async def present() -> int:
        return int(await deployment.database.write(partial(uptime.note, now=deployment.now())))

    return [
        Loop("national", national_reminding_of(deployment).run_once, interval=_NATIONAL_SECONDS),
        Loop("data_requests", data_reminding_of(deployment).run_once, interval=_REMINDING_SECONDS),
        Loop("reports", reminding_of(deployment).run_once, interval=_REMINDING_SECONDS),
        Loop("figures", Keeping(deployment.database, now=deployment.now).run_once, interval=_LETTING_GO_SECONDS),
        Loop("presence", present, interval=_PRESENCE_SECONDS),
    ]
