"""
How the time limits of all cases ended, counted in SQL over the raw events and nothing else.

The stored bytes of the events are read by the database itself; neither the case rows nor the code that folds events has
a part in it, so that figures made another way can be held against these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

_JSON = {
    "sqlite": "json_extract(CAST(body AS TEXT), '$.{}')",
    "postgresql": "convert_from(body, 'UTF8')::json ->> '{}'",
}

_QUERY = """
WITH raw AS (
    SELECT case_id, version, name AS kind, {clock_id} AS clock_id, {name} AS clock, {purpose} AS purpose,
           CAST({late_s} AS INTEGER) AS late_s
    FROM case_event WHERE name LIKE 'clock\\_%' ESCAPE '\\'
), last_start AS (
    SELECT case_id, clock_id, clock, purpose,
           ROW_NUMBER() OVER (PARTITION BY case_id, clock_id ORDER BY version DESC) AS place
    FROM raw WHERE kind = 'clock_started'
), last_state AS (
    SELECT case_id, clock_id, kind, late_s,
           ROW_NUMBER() OVER (PARTITION BY case_id, clock_id ORDER BY version DESC) AS place
    FROM raw WHERE kind IN ('clock_started', 'clock_resumed', 'clock_paused', 'clock_stopped')
)
SELECT last_start.clock,
       SUM(CASE WHEN last_state.kind = 'clock_stopped' AND last_state.late_s = 0 THEN 1 ELSE 0 END),
       SUM(CASE WHEN last_state.kind = 'clock_stopped' AND last_state.late_s > 0 THEN 1 ELSE 0 END),
       SUM(CASE WHEN last_state.kind = 'clock_stopped' THEN 0 ELSE 1 END)
FROM last_start JOIN last_state
  ON last_state.case_id = last_start.case_id AND last_state.clock_id = last_start.clock_id AND last_state.place = 1
WHERE last_start.place = 1 AND last_start.purpose = 'deadline'
GROUP BY last_start.clock ORDER BY last_start.clock
"""


@dataclass(frozen=True)
class Ended:
    """How one limit ended, each case (or part of one) once, as it stood last: in time, late, or not ended yet."""

    in_time: int
    late: int
    open: int


def ended_by_clock(connection: Connection) -> Mapping[str, Ended]:
    """Every deadline by its name in the pack."""
    field = _JSON[connection.dialect.name]
    fields = {name: field.format(name) for name in ("clock_id", "name", "purpose", "late_s")}
    rows = connection.execute(text(_QUERY.format(**fields)))
    return {str(clock): Ended(int(in_time), int(late), int(running)) for clock, in_time, late, running in rows}
