"""How linking and registration change a case."""

from __future__ import annotations

from core.cases.events import CaseJoined, CaseParted, RegisteredExternally, ReportsLinked, ReportsUnlinked
from core.cases.evolve.change import apply, change
from core.cases.model import Case


@apply.register
def _(event: ReportsLinked, case: Case) -> Case:
    return change(case, reports=case.reports + event.reports, merged_cases=(*case.merged_cases, event.other_case))


@apply.register
def _(event: ReportsUnlinked, case: Case) -> Case:
    kept = tuple(report for report in case.reports if report.case_id != event.other_case)
    return change(case, reports=kept, merged_cases=tuple(i for i in case.merged_cases if i != event.other_case))


@apply.register
def _(event: CaseJoined, case: Case) -> Case:
    return change(case, merged_into=event.main_case)


@apply.register
def _(event: CaseParted, case: Case) -> Case:
    return change(case, merged_into=None)


@apply.register
def _(event: RegisteredExternally, case: Case) -> Case:
    return change(case, external_reference=event.reference)
