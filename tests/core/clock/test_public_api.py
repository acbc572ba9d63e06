"""The public list is a test: every name has a docstring, every rule of time has a proof here."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import core.clock


def test_every_public_name_is_there_and_documented():
    names = [getattr(core.clock, name) for name in core.clock.__all__]
    assert list(core.clock.__all__) == sorted(core.clock.__all__, key=lambda n: (not n.isupper(), n[0].islower(), n))
    assert all(item.__doc__ for item in names if callable(item))


def test_the_example_of_the_package_works():
    assert doctest.testmod(core.clock).failed == 0


def test_every_rule_of_time_has_a_test():
    written = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    marked = set(re.findall(r'"(U-\d+)"', " ".join(re.findall(r"mark\.rule\(([^)]*)\)", written))))
    assert marked == {f"U-{number}" for number in range(1, 12)}


def test_nothing_in_the_package_asks_for_the_time():
    source = "".join(path.read_text(encoding="utf-8") for path in Path(core.clock.__file__).parent.glob("*.py"))
    assert not re.search(r"\.now\(|\.today\(|utcnow|time\.time|monotonic", source)
