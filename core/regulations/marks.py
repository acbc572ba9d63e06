"""
Which test proves which rule: read from the source of the tests, which are not imported.

A test names the rules it proves with `@pytest.mark.rule("HUE-2", …)`. The mark may stand on the function, on its class,
in the module's `pytestmark`, or in a row of a parametrised table (`marks=pytest.mark.rule("TG-6.3")`), written in the
decorator or in a module-level constant which the decorator names.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

TEST_FOLDERS = ("tests", "channels/*/tests")

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class UnreadableMark(ValueError):
    """A rule mark whose ids are not written out as texts, so that nobody can tell what it proves."""


@dataclass(frozen=True)
class MarkedTest:
    """A test as pytest names it (`tests/a/test_b.py::TestC::test_d`) and the rule ids it carries."""

    node: str
    rules: frozenset[str]


@dataclass(frozen=True)
class _Module:
    """What the marks of one file can refer to."""

    name: str
    constants: Mapping[str, ast.expr] = field(default_factory=dict)


def proofs_by_rule(root: Path) -> dict[str, tuple[str, ...]]:
    """
    Every rule id that some test below `root` is marked with, with the tests in order of their names.

    Raises: FileNotFoundError: there are no tests (an installed package carries none).
            UnreadableMark: names the file and line of a mark that cannot be read.
    """
    found: dict[str, set[str]] = {}
    for test in marked_tests(root):
        for rule in test.rules:
            found.setdefault(rule, set()).add(test.node)
    return {rule: tuple(sorted(found[rule])) for rule in sorted(found)}


def marked_tests(root: Path) -> Iterator[MarkedTest]:
    """The tests of all test folders that carry a mark. Raises: as `proofs_by_rule`."""
    if not (root / "tests").is_dir():
        raise FileNotFoundError(f"{root} holds no tests; run from a checkout of the sources")
    for folder in TEST_FOLDERS:
        for path in sorted(file for base in root.glob(folder) for file in base.rglob("test_*.py")):
            yield from read_marks(path.read_text(encoding="utf-8"), path.relative_to(root).as_posix())


def read_marks(source: str, name: str) -> Iterator[MarkedTest]:
    """The marked tests of one file; `name` is its path below the root, used in node names and errors."""
    tree = ast.parse(source, filename=name)
    module = _Module(name, dict(_constants(tree.body)))
    module_rules = _rules_in(_assigned(tree.body, "pytestmark"), module)
    yield from _walk(tree.body, module, name, module_rules)


def _walk(body: Iterable[ast.stmt], module: _Module, node: str, inherited: frozenset[str]) -> Iterator[MarkedTest]:
    for item in body:
        if not isinstance(item, Definition):
            continue
        rules = inherited | _rules_in(item.decorator_list, module)
        name = f"{node}::{item.name}"
        if isinstance(item, ast.ClassDef):
            yield from _walk(item.body, module, name, rules | _rules_in(_assigned(item.body, "pytestmark"), module))
        elif item.name.startswith("test") and rules:
            yield MarkedTest(name, rules)


def _constants(body: Iterable[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    for item in body:
        if isinstance(item, ast.Assign) and item.value is not None:
            yield from ((target.id, item.value) for target in item.targets if isinstance(target, ast.Name))
        elif isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name) and item.value is not None:
            yield item.target.id, item.value


def _assigned(body: Iterable[ast.stmt], name: str) -> list[ast.expr]:
    return [value for target, value in _constants(body) if target == name]


def _rules_in(expressions: Iterable[ast.expr], module: _Module) -> frozenset[str]:
    """The ids of every rule mark inside the expressions and inside the constants that they name."""
    seen: set[str] = set()
    waiting = list(expressions)
    rules: set[str] = set()
    while waiting:
        for node in ast.walk(waiting.pop()):
            if isinstance(node, ast.Call) and _is_rule_mark(node.func):
                rules |= _ids(node, module)
            elif isinstance(node, ast.Name) and node.id in module.constants and node.id not in seen:
                seen.add(node.id)
                waiting.append(module.constants[node.id])
    return frozenset(rules)


def _is_rule_mark(func: ast.expr) -> bool:
    """Is it `pytest.mark.rule` or `mark.rule`?"""
    return isinstance(func, ast.Attribute) and func.attr == "rule" and ast.unparse(func.value).endswith("mark")


def _ids(call: ast.Call, module: _Module) -> set[str]:
    written = [part for arg in call.args for part in _spelled_out(arg, module)]
    ids = {part.value for part in written if isinstance(part, ast.Constant) and isinstance(part.value, str)}
    if len(ids) != len(written) or not ids:
        raise UnreadableMark(f"{module.name}:{call.lineno}: write the rule ids of a mark out, each one as a text, once")
    return ids


def _spelled_out(argument: ast.expr, module: _Module) -> list[ast.expr]:
    """`*RULES` stands for what the module's constant RULES lists."""
    if not isinstance(argument, ast.Starred):
        return [argument]
    listed = argument.value
    if isinstance(listed, ast.Name):
        listed = module.constants.get(listed.id, listed)
    return listed.elts if isinstance(listed, ast.Tuple | ast.List | ast.Set) else [argument]
