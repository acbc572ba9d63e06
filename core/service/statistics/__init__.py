"""
Figures of a period for reports to superiors, boards and the public (TG-12.5, TG-13.4, LS-10.3, DL-II.2.3a.w, VN-9).

Everything is counted from what happened to cases, as of any moment; the same question has the same answer for ever.
"""

from core.service.statistics.counting import count, named
from core.service.statistics.keeping import Keeping
from core.service.statistics.model import AgencyRow, Count, Counts, Figures, LimitRow
from core.service.statistics.periods import PeriodUnknown, read_period, usual_periods
from core.service.statistics.rebuilding import Rebuilding

__all__ = [
    "AgencyRow",
    "Count",
    "Counts",
    "Figures",
    "Keeping",
    "LimitRow",
    "PeriodUnknown",
    "Rebuilding",
    "count",
    "named",
    "read_period",
    "usual_periods",
]
