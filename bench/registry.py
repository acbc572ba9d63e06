"""The one list of modules that measure. A new one is a file here and a line below."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from bench.measurement import Measurement

MODULES = (
    "bench.hook",
    "bench.tickets.measurements",
    "bench.growth.measurements",
    "bench.statistics.measurements",
    "bench.outbox.measurements",
    "bench.webhooks",
    "bench.desk",
    "bench.media",
    "bench.triage",
    "bench.startup",
    "bench.calls.measurements",
    "bench.calls.sound",
    "bench.calls.loss",
    "bench.calls.side_by_side",
    "bench.calls.stock",
    "bench.calls.hotline",
    "bench.calls.pop",
    "bench.calls.delay",
)
"""Each offers `measurements()`. Their order is that of the run; a group has the first part of a measurement's name."""


def all_measurements(wanted: Sequence[str] = ()) -> list[Measurement]:
    """
    Every measurement there is, or those of the groups that `wanted` lies in. ValueError when two have one name.

    Only their modules are loaded: an earlier commit (`bench.before`) may lack what others lean on.
    """
    groups = {name.partition(".")[0] for name in wanted}
    modules = [module for module in MODULES if not groups or module.split(".")[1] in groups]
    found = [one for module in modules for one in import_module(module).measurements()]
    names = [one.name for one in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"measured twice under one name: {', '.join(sorted(twice))}")
    return found


def choose(measurements: Sequence[Measurement], wanted: Sequence[str]) -> list[Measurement]:
    """
    Those whose name is asked for, or lies below it: `hook` is all of `hook.…`; nothing asked for is all.

    Raises: LookupError for a name that nothing has.
    """
    for name in wanted:
        if not any(_is_below(one.name, name) for one in measurements):
            raise LookupError(f"nothing is called {name}; see python -m bench --list")
    return [one for one in measurements if not wanted or any(_is_below(one.name, name) for name in wanted)]


def _is_below(name: str, asked: str) -> bool:
    return name == asked or name.startswith(f"{asked}.")
