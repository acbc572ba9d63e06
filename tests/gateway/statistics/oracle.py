"""
Figures counted another way: SQL over the stored bytes of raw events, and nothing of what statistics are made with.

Times are compared as the events hold them: UTC, ISO 8601, so that letters sort as instants do.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, text

_FIELD = {
    "sqlite": "json_extract(CAST(body AS TEXT), '$.{}')",
    "postgresql": "convert_from(body, 'UTF8')::json #>> '{{{}}}'",
}

_STAGES = """
WITH stage AS (
  SELECT case_id, version, {to} AS name FROM case_event WHERE name = 'case_moved' AND at <= {until}
  UNION ALL SELECT case_id, version, {stage} FROM case_event WHERE name = 'case_received' AND at <= {until}
), newest AS (SELECT case_id, name, ROW_NUMBER() OVER (PARTITION BY case_id ORDER BY version DESC) AS turn FROM stage)
SELECT name, COUNT(*) FROM newest WHERE turn = 1 GROUP BY name
"""

_CATEGORIES = """
WITH word AS (
  SELECT case_id, version, {category} AS name FROM case_event
  WHERE name IN ('case_received', 'case_classified') AND at <= {until}
), newest AS (SELECT case_id, name, ROW_NUMBER() OVER (PARTITION BY case_id ORDER BY version DESC) AS turn FROM word)
SELECT COALESCE(name, ''), COUNT(*) FROM newest WHERE turn = 1 GROUP BY COALESCE(name, '')
"""

_LIMITS = """
WITH raw AS (
  SELECT case_id, version, name AS kind, {clock_id} AS clock_id, {clock} AS clock, {purpose} AS purpose,
         CAST({late_s} AS INTEGER) AS late_s, {late_from} AS late_from, at
  FROM case_event WHERE name LIKE 'clock\\_%' ESCAPE '\\' AND at <= {until}
), begun AS (
  SELECT DISTINCT case_id, clock_id, clock FROM raw WHERE kind = 'clock_started' AND purpose = 'deadline'
), turned AS (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY case_id, clock_id ORDER BY version DESC) AS turn FROM raw
  WHERE kind IN ('clock_started', 'clock_recomputed', 'clock_resumed', 'clock_paused', 'clock_stopped')
), breach AS (
  SELECT DISTINCT b.case_id, b.clock_id FROM raw b JOIN turned t ON t.case_id = b.case_id AND t.clock_id = b.clock_id
  WHERE b.kind = 'clock_breached' AND t.turn = 1 AND t.kind = 'clock_paused' AND b.version < t.version
    AND NOT EXISTS (SELECT 1 FROM raw n WHERE n.case_id = b.case_id AND n.clock_id = b.clock_id
      AND n.kind IN ('clock_started', 'clock_recomputed') AND n.version > b.version AND n.version < t.version)
)
SELECT begun.clock,
  SUM(CASE WHEN turned.kind = 'clock_stopped' AND late_s = 0 THEN 1 ELSE 0 END),
  SUM(CASE WHEN turned.kind = 'clock_stopped' AND late_s > 0 THEN 1 ELSE 0 END),
  SUM(CASE WHEN turned.kind <> 'clock_stopped' AND (late_from < '{now}' OR breach.case_id IS NOT NULL)
    THEN 1 ELSE 0 END),
  COUNT(*)
FROM turned JOIN begun ON begun.case_id = turned.case_id AND begun.clock_id = turned.clock_id
LEFT JOIN breach ON breach.case_id = turned.case_id AND breach.clock_id = turned.clock_id
WHERE turned.turn = 1 GROUP BY begun.clock
"""

_RECEIVED = """
SELECT COUNT(*) FROM case_event WHERE name = 'case_received' AND at >= {first} AND at <= {until}
"""

_CHANNELS = """
SELECT {channel}, COUNT(*) FROM case_event WHERE name = 'case_received' AND at >= {first} AND at <= {until}
GROUP BY {channel}
"""

_HAPPENED = """
SELECT name, COALESCE({level}, ''), COUNT(*) FROM case_event WHERE at >= {first} AND at <= {until} AND name IN
  ('answer_published', 'reporter_answered', 'private_reply_sent', 'answer_withheld', 'answer_rated', 'feedback_given')
GROUP BY name, COALESCE({level}, '')
"""
_ANSWERS = {
    "answer_published": "public",
    "reporter_answered": "agency",
    "private_reply_sent": "private",
    "answer_withheld": "withheld",
}


def _ask(
    connection: Connection, query: str, until: datetime, first: datetime | None = None
) -> list[tuple[object, ...]]:
    field = _FIELD[connection.dialect.name].format
    within = "," if connection.dialect.name == "postgresql" else "."
    filled = query.format(
        to=field("to"),
        stage=field("stage"),
        category=field("category"),
        channel=field(f"report{within}channel"),
        level=field("level"),
        clock_id=field("clock_id"),
        clock=field("name"),
        purpose=field("purpose"),
        late_s=field("late_s"),
        late_from=field(f"timing{within}late_from"),
        until=int(until.timestamp() * 1_000_000),
        first=int(first.timestamp() * 1_000_000) if first else 0,
        now=until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
    )
    return [tuple(row) for row in connection.execute(text(filled))]


def stages(connection: Connection, until: datetime) -> dict[str, int]:
    """Stage → cases."""
    return dict(_ask(connection, _STAGES, until))


def categories(connection: Connection, until: datetime) -> dict[str, int]:
    """Category → cases."""
    return dict(_ask(connection, _CATEGORIES, until))


def limits(connection: Connection, until: datetime) -> dict[str, tuple[int, ...]]:
    """Limit → (ended in time, ended late, overdue, all)."""
    return {row[0]: row[1:] for row in _ask(connection, _LIMITS, until)}


def received(connection: Connection, first: datetime, until: datetime) -> int:
    """Cases that came in between."""
    return int(_ask(connection, _RECEIVED, until, first)[0][0])


def channels(connection: Connection, first: datetime, until: datetime) -> dict[str, int]:
    """Channel → cases that came in between."""
    return dict(_ask(connection, _CHANNELS, until, first))


def happened(connection: Connection, first: datetime, until: datetime) -> tuple[dict[str, int], dict[str, int], int]:
    """Kind of answer → how many, level → verdicts, and wishes for a better answer, all in between."""
    rows = [(str(name), str(level), int(str(many))) for name, level, many in _ask(connection, _HAPPENED, until, first)]
    answers = {_ANSWERS[name]: many for name, _, many in rows if name in _ANSWERS}
    verdicts = {level: many for name, level, many in rows if name == "answer_rated"}
    return answers, verdicts, sum(many for name, _, many in rows if name == "feedback_given")
