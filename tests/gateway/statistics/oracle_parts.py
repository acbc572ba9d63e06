"""
What agencies did, what was carried over, and what periodic reports list: as `oracle`, SQL over raw events alone.

Of the regulation only this is known: in which stages somebody still has to act. Work that one agency hands to another
is not followed (`hand_overs` says whether there was any).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, text

_PATH = {
    "sqlite": "json_extract(CAST(body AS TEXT), '$.{}')",
    "postgresql": "convert_from(body, 'UTF8')::json #>> '{{{}}}'",
}
_EACH = {
    "sqlite": "json_each(CAST(body AS TEXT), '$.opened') AS one",
    "postgresql": "json_array_elements(convert_from(body, 'UTF8')::json -> 'opened') AS one(value)",
}
_OF_ONE = {"sqlite": "json_extract(one.value, '$.{}')", "postgresql": "one.value ->> '{}'"}

_NEWEST = """
WITH word AS (
  SELECT case_id, version, {value} AS name FROM case_event
  WHERE name IN ({events}) AND at < {until} AND ({nulls} OR {value} IS NOT NULL)
), newest AS (SELECT case_id, name, ROW_NUMBER() OVER (PARTITION BY case_id ORDER BY version DESC) AS turn FROM word)
SELECT COALESCE(name, ''), COUNT(*) FROM newest WHERE turn = 1 GROUP BY COALESCE(name, '')
"""

_CLOCKS = """
raw AS (
  SELECT case_id, version, name AS kind, {clock_id} AS clock_id, {name} AS clock, {purpose} AS purpose,
    {dispatch_id} AS dispatch_id, {coordination_id} AS coordination_id,
    CAST({late_s} AS INTEGER) AS late_s, {late_from} AS late_from
  FROM case_event WHERE name LIKE 'clock\\_%' ESCAPE '\\' AND at < {until}
), turned AS (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY case_id, clock_id ORDER BY version DESC) AS turn FROM raw
  WHERE kind IN ('clock_started', 'clock_recomputed', 'clock_resumed', 'clock_paused', 'clock_stopped')
), begun AS (
  SELECT DISTINCT case_id, clock_id, clock, dispatch_id, coordination_id FROM raw
  WHERE kind = 'clock_started' AND purpose = 'deadline'
), breach AS (
  SELECT DISTINCT b.case_id, b.clock_id FROM raw b JOIN turned t ON t.case_id = b.case_id AND t.clock_id = b.clock_id
  WHERE b.kind = 'clock_breached' AND t.turn = 1 AND t.kind = 'clock_paused' AND b.version < t.version
    AND NOT EXISTS (SELECT 1 FROM raw n WHERE n.case_id = b.case_id AND n.clock_id = b.clock_id
      AND n.kind IN ('clock_started', 'clock_recomputed') AND n.version > b.version AND n.version < t.version)
), stood AS (
  SELECT begun.*, CASE WHEN turned.kind = 'clock_stopped' THEN 0 ELSE 1 END AS runs,
    CASE WHEN turned.kind = 'clock_stopped' AND late_s > 0 OR breach.case_id IS NOT NULL
      OR turned.kind NOT IN ('clock_stopped', 'clock_paused') AND late_from < '{now}' THEN 1 ELSE 0 END AS late
  FROM turned JOIN begun ON begun.case_id = turned.case_id AND begun.clock_id = turned.clock_id
  LEFT JOIN breach ON breach.case_id = turned.case_id AND breach.clock_id = turned.clock_id WHERE turned.turn = 1
)
"""

_OPENED = """
opened AS (
  SELECT case_id, version, {one_id} AS id, {one_agency} AS agency, {one_stage} AS stage FROM case_event, {each}
  WHERE name = 'case_dispatched' AND at < {until}
  UNION ALL SELECT case_id, version, {opened_id}, {opened_agency}, {opened_stage} FROM case_event
  WHERE name IN ('dispatch_escalated', 'letter_sent') AND at < {until} AND {opened_id} IS NOT NULL
), helping AS (
  SELECT case_id, {opened_id} AS id, {opened_agency} AS agency FROM case_event
  WHERE name = 'coordination_requested' AND at < {until}
)
"""

_PARTS = """
WITH {clocks}, {dispatches}, moved AS (
  SELECT case_id, id, stage, ROW_NUMBER() OVER (PARTITION BY case_id, id ORDER BY version DESC) AS turn FROM (
    SELECT case_id, version, id, stage FROM opened
    UNION ALL SELECT case_id, version, {dispatch_id}, {to} FROM case_event
    WHERE name = 'dispatch_moved' AND at < {until}
  ) AS all_moves
), part AS (
  SELECT opened.case_id, agency, MAX(CASE WHEN moved.stage IN ({stages}) THEN 1 ELSE 0 END) AS runs
  FROM opened JOIN moved ON moved.case_id = opened.case_id AND moved.id = opened.id WHERE moved.turn = 1
  GROUP BY opened.case_id, agency
), owing AS (
  SELECT stood.case_id, COALESCE(helping.agency, opened.agency) AS agency, MAX(late) AS late FROM stood
  LEFT JOIN opened ON opened.case_id = stood.case_id AND opened.id = stood.dispatch_id
  LEFT JOIN helping ON helping.case_id = stood.case_id AND helping.id = stood.coordination_id
  GROUP BY stood.case_id, COALESCE(helping.agency, opened.agency)
)
SELECT part.agency, part.runs, COALESCE(owing.late, 0), COUNT(*) FROM part
LEFT JOIN owing ON owing.case_id = part.case_id AND owing.agency = part.agency
GROUP BY part.agency, part.runs, COALESCE(owing.late, 0)
"""

_VERDICTS = """
WITH answer AS (
  SELECT case_id, CASE WHEN name = 'reporter_answered' THEN {by_agency} END AS agency,
    ROW_NUMBER() OVER (PARTITION BY case_id ORDER BY version) AS place FROM case_event
  WHERE name IN ('answer_published', 'private_reply_sent', 'reporter_answered', 'answer_withheld')
), rated AS (
  SELECT case_id, version, {level} AS level, CAST({answer} AS INTEGER) AS place FROM case_event
  WHERE name = 'answer_rated' AND at >= {first} AND at < {until}
), lead AS (
  SELECT case_id, version, {agency} AS agency FROM case_event WHERE name IN ('case_dispatched', 'lead_decided')
)
SELECT COALESCE(answer.agency, (
    SELECT lead.agency FROM lead WHERE lead.case_id = rated.case_id AND lead.version < rated.version
    ORDER BY lead.version DESC LIMIT 1), '') AS whose, rated.level, COUNT(*)
FROM rated JOIN answer ON answer.case_id = rated.case_id AND answer.place = rated.place GROUP BY 1, 2
"""

_MISSED = """
WITH {clocks}, code AS (SELECT case_id, {code} AS code FROM case_event WHERE name = 'case_received')
SELECT code.code, stood.clock, stood.runs, explained.case_id IS NOT NULL FROM stood
JOIN code ON code.case_id = stood.case_id
LEFT JOIN (SELECT DISTINCT case_id, {clock_id} AS clock_id FROM case_event WHERE name = 'lateness_explained')
  AS explained ON explained.case_id = stood.case_id AND explained.clock_id = stood.clock_id
WHERE stood.late = 1 ORDER BY 1, 2
"""

_SILENT = """
WITH stage AS (
  SELECT case_id, version, {to} AS name FROM case_event WHERE name = 'case_moved' AND at < {until}
  UNION ALL SELECT case_id, version, {stage} FROM case_event WHERE name = 'case_received' AND at < {until}
), newest AS (SELECT case_id, name, ROW_NUMBER() OVER (PARTITION BY case_id ORDER BY version DESC) AS turn FROM stage),
last AS (SELECT case_id, MAX(at) AS at FROM case_event WHERE at < {until} GROUP BY case_id),
code AS (SELECT case_id, {code} AS code FROM case_event WHERE name = 'case_received')
SELECT code.code FROM newest JOIN last ON last.case_id = newest.case_id JOIN code ON code.case_id = newest.case_id
WHERE turn = 1 AND name IN ({stages}) AND last.at < {first} ORDER BY 1
"""

_HARMED = """
SELECT DISTINCT {code} FROM case_event WHERE name = 'case_received' AND case_id IN (
  SELECT case_id FROM case_event WHERE name = 'reputation_confirmed' AND at >= {first} AND at < {until}) ORDER BY 1
"""

_HAND_OVERS = "SELECT COUNT(*) FROM case_event WHERE name = 'work_handed_over'"

_URGENT = "'case_received', 'case_classified', 'case_dispatched', 'emergency_raised', 'emergency_downgraded'"
_PLACED = "'case_received', 'place_corrected'"
_STAGED = "'case_received', 'case_moved'"


@dataclass(frozen=True)
class Missed:
    """A limit that was missed: of which case, whether it still runs, whether somebody said why."""

    code: str
    clock: str
    runs: bool
    explained: bool


def _ask(
    connection: Connection,
    query: str,
    *,
    until: datetime,
    first: datetime | None = None,
    stages: Collection[str] = (),
    **more: str,
) -> list[tuple[object, ...]]:
    dialect = connection.dialect.name
    path, of_one, within = _PATH[dialect].format, _OF_ONE[dialect].format, "," if dialect == "postgresql" else "."
    plain = (
        "clock_id",
        "name",
        "purpose",
        "dispatch_id",
        "coordination_id",
        "late_s",
        "to",
        "stage",
        "level",
        "answer",
        "agency",
    )
    words = {name: path(name) for name in plain} | {
        "late_from": path(f"timing{within}late_from"),
        "by_agency": path(f"by{within}agency_id"),
        "code": path(f"report{within}code"),
        **{f"opened_{short}": path(f"opened{within}{name}") for short, name in _OPENED_FIELDS.items()},
        **{f"one_{short}": of_one(name) for short, name in _OPENED_FIELDS.items()},
        "each": _EACH[dialect],
        "until": str(_microseconds(until)),
        "first": str(_microseconds(first)) if first else "0",
        "now": until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        "stages": ", ".join(f"'{stage}'" for stage in sorted(stages)) or "''",
    }
    words |= {"clocks": _CLOCKS.format(**words), "dispatches": _OPENED.format(**words)}
    return [tuple(row) for row in connection.execute(text(query.format(**words, **more)))]


_OPENED_FIELDS = {"id": "id", "agency": "agency_id", "stage": "stage"}


def _microseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)


def urgencies(connection: Connection, until: datetime) -> dict[str, int]:
    """Urgency → cases."""
    dialect = _PATH[connection.dialect.name]
    return dict(_ask(connection, _NEWEST, until=until, events=_URGENT, value=dialect.format("urgency"), nulls="1 = 0"))


def communes(connection: Connection, until: datetime) -> dict[str, int]:
    """Code of the commune, "" for none → cases."""
    dialect = _PATH[connection.dialect.name]
    return dict(
        _ask(connection, _NEWEST, until=until, events=_PLACED, value=dialect.format("commune_code"), nulls="1 = 1")
    )


def open_at(connection: Connection, until: datetime, *, stages: Collection[str]) -> int:
    """Cases in one of these stages just before an instant."""
    dialect = _PATH[connection.dialect.name]
    value = f"COALESCE({dialect.format('to')}, {dialect.format('stage')})"
    found = _ask(connection, _NEWEST, until=until, events=_STAGED, value=value, nulls="1 = 1")
    return sum(int(str(many)) for stage, many in found if stage in stages)


def parts(connection: Connection, until: datetime, *, stages: Collection[str]) -> dict[str, tuple[int, int, int, int]]:
    """Agency → its parts: (ended in time, ended late, open within, open beyond a limit)."""
    counts: dict[str, list[int]] = {}
    for agency, runs, late, many in _ask(connection, _PARTS, until=until, stages=stages):
        counts.setdefault(str(agency), [0, 0, 0, 0])[2 * int(str(runs)) + int(str(late))] += int(str(many))
    return {agency: (one[0], one[1], one[2], one[3]) for agency, one in counts.items()}


def verdicts(connection: Connection, first: datetime, until: datetime) -> dict[tuple[str, str], int]:
    """(agency whose answer it was, level) → how many."""
    rows = _ask(connection, _VERDICTS, first=first, until=until)
    return {(str(agency), str(level)): int(str(many)) for agency, level, many in rows}


def missed(connection: Connection, until: datetime) -> list[Missed]:
    """Every limit that was missed, by case."""
    rows = _ask(connection, _MISSED, until=until)
    return [Missed(str(code), str(clock), bool(runs), bool(said)) for code, clock, runs, said in rows]


def silent(connection: Connection, until: datetime, *, since: datetime, stages: Collection[str]) -> list[str]:
    """Codes of cases in one of these stages to which nothing has happened since then."""
    return [str(row[0]) for row in _ask(connection, _SILENT, until=until, first=since, stages=stages)]


def harmed(connection: Connection, first: datetime, until: datetime) -> list[str]:
    """Codes of cases whose harm to a reputation was confirmed in between."""
    return [str(row[0]) for row in _ask(connection, _HARMED, first=first, until=until)]


def hand_overs(connection: Connection) -> int:
    """How often work went from one agency to another."""
    return int(connection.scalar(text(_HAND_OVERS)) or 0)
