"""
`python -m bench.render`: the tables of docs/performance.md, from build/bench.json, between their markers.

What was not measured on this machine keeps the tables it has.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import results
from bench.measurement import Goal, Measurement
from bench.registry import all_measurements

PAGE = results.ROOT / "docs" / "performance.md"
HEADER = ("figure", "goal", "reached", "")


class MarkersMissing(ValueError):
    """The page has no place for a group."""


def main(arguments: Sequence[str]) -> int:
    """Write the page again; an argument is another page."""
    page = Path(arguments[0]) if arguments else PAGE
    text = page.read_text(encoding="utf-8")
    everything, kept = all_measurements(), results.read()
    text = fill(text, everything, kept)
    page.write_text(compare(text, everything, results.read(results.BEFORE), kept), encoding="utf-8")
    return 0


def fill(text: str, measurements: Iterable[Measurement], kept: results.Kept) -> str:
    """The page with every group's tables between its markers. Raises: MarkersMissing."""
    groups: dict[str, list[Measurement]] = {}
    for one in measurements:
        groups.setdefault(one.group, []).append(one)
    for group, members in groups.items():
        if any(one.name in kept for one in members):
            text = _between(text, group, "\n".join(section(members, kept, shown(text, group))))
    return text


def shown(text: str, group: str) -> Mapping[str, str]:
    """What stands in the page of each measurement of a group, by title."""
    first, last = _markers(group)
    blocks = text.partition(first)[2].partition(last)[0].split("\n### ")[1:]
    return {title: rest.strip("\n") for title, _, rest in (block.partition("\n") for block in blocks)}


def compare(text: str, measurements: Iterable[Measurement], before: results.Kept, after: results.Kept) -> str:
    """The page with what an earlier commit reached beside today's figures, for whatever was measured of both."""
    rows = [
        _compared(one, goal, before[one.name], after[one.name])
        for one in measurements
        if one.name in before and one.name in after
        for goal in one.goals
        if goal.key in before[one.name].get("figures", {}) and goal.key in after[one.name].get("figures", {})
    ]
    content = "\n".join(["", *table(("what", "figure", "goal", "before", "after", ""), rows), ""])
    return _between(text, "before", content) if rows else text


def _compared(
    measurement: Measurement, goal: Goal, before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[str, ...]:
    then, now = (f"{number(entry['figures'][goal.key])} ({entry['commit']})" for entry in (before, after))
    reached = "yes" if goal.is_reached_by(after["figures"][goal.key]) else "**no**"
    return measurement.title, goal.figure, wanted(goal), then, now, reached


def _between(text: str, group: str, content: str) -> str:
    first, last = _markers(group)
    before, begun, rest = text.partition(first)
    _, ended, after = rest.partition(last)
    if not begun or not ended:
        raise MarkersMissing(f"docs need {first} and {last}")
    return f"{before}{first}\n{content}\n{last}{after}"


def _markers(group: str) -> tuple[str, str]:
    return f"<!-- bench:{group} -->", f"<!-- /bench:{group} -->"


def section(measurements: Iterable[Measurement], kept: results.Kept, before: Mapping[str, str]) -> list[str]:
    """All measurements of a group, one after the other; `before`: what stands in the page by title."""
    lines: list[str] = []
    for one in measurements:
        lines += ["", f"### {one.title}", ""]
        if one.name in kept:
            lines += [*lines_of(one, kept[one.name]), "", _origin(one, kept[one.name])]
        else:
            lines += [before[one.title]] if one.title in before else lines_of(one, None)
    return [*lines, ""]


def lines_of(measurement: Measurement, entry: Mapping[str, Any] | None) -> list[str]:
    """Goals and further tables of one measurement, as Markdown."""
    figures = (entry or {}).get("figures", {})
    lines = table(HEADER, [_judged(goal, figures.get(goal.key)) for goal in measurement.goals])
    for further in (entry or {}).get("tables", ()):
        lines += ["", f"{further['title']}:", "", *table(further["columns"], further["rows"])]
    for note in (entry or {}).get("notes", ()):
        lines += ["", note]
    if failure := (entry or {}).get("failure"):
        lines += ["", f"Not measured: {failure}"]
    return lines


def table(columns: Sequence[Any], rows: Iterable[Sequence[Any]]) -> list[str]:
    """A Markdown table; nothing without rows."""
    body = [_line(row) for row in rows]
    return [_line(columns), _line(["---"] * len(columns)), *body] if body else []


def _line(cells: Sequence[Any]) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return number(value) if isinstance(value, float) else str(value).replace("|", "\\|")


def _judged(goal: Goal, figure: float | None) -> tuple[str, str, str, str]:
    if figure is None:
        return goal.figure, wanted(goal), "–", "not measured"
    reached = f"{number(figure)} {goal.unit}".strip()
    return goal.figure, wanted(goal), reached, "yes" if goal.is_reached_by(figure) else "**no**"


def wanted(goal: Goal) -> str:
    """`≥ 0.50 ×`, `≤ 15 ms`."""
    sign, limit = ("≥", goal.at_least) if goal.at_least is not None else ("≤", goal.at_most)
    return f"{sign} {number(limit or 0.0)} {goal.unit}".strip()


def number(value: float) -> str:
    """As many digits as a reader can use: two decimals below ten, none above a hundred."""
    if value == int(value):
        return f"{int(value):,}"
    if abs(value) < 0.1:
        return f"{value:.3f}"
    if abs(value) < 10:
        return f"{value:.2f}"
    return f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"


def _origin(measurement: Measurement, entry: Mapping[str, Any]) -> str:
    sources = sorted({goal.source for goal in measurement.goals})
    goals = f" Goals: {', '.join(sources)}." if sources else ""
    command = f"`python -m bench --only {measurement.name}`"
    return (
        f"<sub>{command}, {entry['at']} UTC, commit {entry['commit']}; {entry['machine']}; load "
        f"before the run {entry['load']}.{goals}</sub>"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
