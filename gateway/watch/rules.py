"""The table of alarms written down: rules for Prometheus and the index of the runbook, kept current by tests."""

from __future__ import annotations

import json
from collections.abc import Iterator

from gateway.settings.model import Alarms
from gateway.watch.alarms import ALARMS, RUNBOOK, Alarm

_RULES_HEAD = """# Rules for Prometheus, written by `langnghe config alarms`; a test keeps them so. Limits are the
# defaults of the settings: where yours differ, run the command on your machine and use what it prints.
groups:
  - name: langnghe
    rules:
"""

_SCRAPE = """      - alert: langnghe_silent
        expr: up{job="langnghe"} == 0
        for: 1m
        labels: {severity: now}
        annotations: {summary: "A process does not answer at all.", page: "docs/operations/runbook/silent.md"}
"""

_INDEX_HEAD = """# Runbook: a page for each alarm

`/healthz` names the alarms that ring in this process, each with its page; the log says `alarm_rings` when one begins
and `alarm_over` when it is over. Prometheus has the same alarms by [`alarms.yml`](alarms.yml) over the figures at
`/metrics`; scrape every process under `job="langnghe"`. Limits are settings (`[alarms]`, see [settings](settings.md)):
move them to what your centre can bear. `now` wakes somebody, `today` waits for the morning.

First look, always: `/readyz` (database, journal, background loops), `langnghe config check`, the last `error` lines of
the log. `/healthz` answers 200 as long as the process lives: let a proxy send webhooks by that one, for the journal
takes them while the database is away and `/readyz` says 503. None of the three is for the public: a proxy need not
pass them on.

This page is written by `langnghe config runbook`; a test keeps it so.

"""


def prometheus_rules(settings: Alarms) -> str:
    """YAML, ends with a newline."""
    return _RULES_HEAD + _SCRAPE + "".join(_rule(alarm, settings) for alarm in ALARMS.values())


def expression(alarm: Alarm, settings: Alarms) -> str:
    """The alarm in PromQL."""
    sign = ">" if alarm.rings == "above" else "<"
    return f"{alarm.figure} {sign} {alarm.limit_in(settings):g}"


def _rule(alarm: Alarm, settings: Alarms) -> str:
    lines = [
        f"- alert: {alarm.name}",
        f"  expr: {expression(alarm, settings)}",
        *([f"  for: {alarm.holds}s"] if alarm.holds else []),
        f"  labels: {{severity: {alarm.severity}}}",
        f"  annotations: {{summary: {json.dumps(alarm.means)}, page: {json.dumps(alarm.page)}}}",
    ]
    return "".join(f"      {line}\n" for line in lines)


def runbook_index(settings: Alarms) -> str:
    """Markdown, ends with a newline."""
    return _INDEX_HEAD + "\n".join(_rows(settings)) + "\n"


def _rows(settings: Alarms) -> Iterator[str]:
    yield "| alarm | what it means | rings when | how soon |"
    yield "|---|---|---|---|"
    folder = RUNBOOK.rpartition("/")[2]
    yield f"| [silent]({folder}/silent.md) | A process does not answer at all. | a scrape fails for 60 s | now |"
    for alarm in ALARMS.values():
        held = f" for {alarm.holds} s" if alarm.holds else ""
        setting = f" (`{alarm.limit}`)" if isinstance(alarm.limit, str) else ""
        when = f"`{expression(alarm, settings)}`{held}{setting}"
        yield f"| [{alarm.name}]({folder}/{alarm.name}.md) | {alarm.means} | {when} | {alarm.severity} |"
