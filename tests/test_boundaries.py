"""
The dependency rule, read from every import of the tree.

    core          imports neither channels nor gateway
    a sandbox     imports nothing of the adapter that it tries: only sandboxes of its channel, channels.playing and
                  core.contract
    channels.x    imports core.contract, channels.base, channels.http, channels.listening, channels.own,
                  channels.tasks, channels.twilio and itself
    gateway       wires; nobody imports it
    sqlalchemy    only in core.storage
    core.cases, core.clock, core.intake, core.triage
                  plain synchronous Python: no await, no loop, no socket, no database

Tests and scripts may import what they test.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
AREAS = ("core", "channels", "gateway")
SYNCHRONOUS = ("core.agencies", "core.cases", "core.clock", "core.intake", "core.places", "core.triage")
NOT_IN_SYNCHRONOUS = ("asyncio", "aiohttp", "sqlalchemy", "socket")
STORAGE = "core.storage"
SHARED_BY_CHANNELS = (
    "core.contract",
    "channels.base",
    "channels.http",
    "channels.listening",
    "channels.own",
    "channels.tasks",
    "channels.twilio",
)
SHARED_BY_SANDBOXES = "channels.playing"


@dataclass(frozen=True)
class Module:
    """One source file, parsed."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def package(self) -> str:
        """What a relative import starts from."""
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]


@dataclass(frozen=True)
class Import:
    """One imported name and the line that asks for it."""

    target: str
    line: int


def read_modules(root: Path) -> list[Module]:
    """All modules of the product below a root; test folders are left out."""
    paths = [path for area in AREAS for path in sorted((root / area).rglob("*.py"))]
    return [
        Module(module_name(path.relative_to(root)), path, ast.parse(path.read_text(encoding="utf-8"), str(path)))
        for path in paths
        if "tests" not in path.relative_to(root).parts
    ]


def module_name(path: Path) -> str:
    """`core/clock/due.py` is core.clock.due, `core/clock/__init__.py` is core.clock."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def read_imports(module: Module) -> Iterator[Import]:
    """
    Every imported name in full, relative ones resolved, also inside functions and `if TYPE_CHECKING`.

    `from core import storage` imports core.storage: the name is part of the target. So does the call
    `importlib.import_module("core.storage")` with a constant text.
    """
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = resolve(module, node)
            yield from (Import(f"{origin}.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.Call) and (name := constant_import(node)):
            yield Import(name, node.lineno)


def resolve(module: Module, node: ast.ImportFrom) -> str:
    """The full name of the module after `from`."""
    if not node.level:
        return node.module or ""
    start = module.package.split(".")
    base = start[: len(start) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def constant_import(call: ast.Call) -> str | None:
    """The text given to import_module or __import__, if it is a constant."""
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name not in {"import_module", "__import__"} or not call.args:
        return None
    argument = call.args[0]
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def within(name: str, *packages: str) -> bool:
    """Whether a dotted name is one of the packages or lies inside one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def find_breaches(root: Path) -> list[str]:
    """Every breach of the rule as `path:line: sentence`."""
    return [
        f"{module.path.relative_to(root)}:{line}: {sentence}"
        for module in read_modules(root)
        for line, sentence in sorted({*import_breaches(module), *await_breaches(module)})
    ]


def import_breaches(module: Module) -> Iterator[tuple[int, str]]:
    """What a module imports and may not."""
    for imported in read_imports(module):
        for forbidden, sentence in (
            (forbidden_in_core(module, imported), "core imports neither channels nor gateway"),
            (forbidden_in_channel(module, imported), "a channel imports core.contract and channels.base only"),
            (forbidden_in_sandbox(module, imported), "a sandbox imports nothing of its adapter"),
            (forbidden_gateway(module, imported), "nobody imports gateway"),
            (forbidden_database(module, imported), "sqlalchemy is imported in core.storage only"),
            (forbidden_io(module, imported), f"{', '.join(SYNCHRONOUS)} are free of I/O"),
        ):
            if forbidden:
                yield imported.line, f"{module.name} imports {imported.target}: {sentence}"


def forbidden_in_core(module: Module, imported: Import) -> bool:
    """Imports point inwards."""
    return within(module.name, "core") and within(imported.target, "channels", "gateway")


def forbidden_in_channel(module: Module, imported: Import) -> bool:
    """A channel knows the contract and itself; `channels.base` and `channels.playing` know the contract only."""
    if not within(module.name, "channels") or not within(imported.target, "core", "channels"):
        return False
    own = ".".join(module.name.split(".")[:2])
    return not within(imported.target, *SHARED_BY_CHANNELS, SHARED_BY_SANDBOXES, *([own] if own != "channels" else []))


def is_sandbox(name: str) -> bool:
    """`channels.zalo.sandbox.server`, `channels.facebook.sandbox_graph`, `channels.playing`: the provider's side."""
    parts = name.split(".")
    of_one = len(parts) > 2 and parts[0] == "channels" and parts[2].partition("_")[0] == "sandbox"
    return of_one or within(name, SHARED_BY_SANDBOXES)


def forbidden_in_sandbox(module: Module, imported: Import) -> bool:
    """What is played by the adapter's own code would prove nothing about it; nor does an adapter know its sandbox."""
    if not within(module.name, "channels") or not within(imported.target, "channels"):
        return False
    if within(imported.target, *SHARED_BY_CHANNELS):
        return False
    return is_sandbox(module.name) != is_sandbox(imported.target)


def forbidden_gateway(module: Module, imported: Import) -> bool:
    """Wiring stands at the outside."""
    return within(imported.target, "gateway") and not within(module.name, "gateway")


def forbidden_database(module: Module, imported: Import) -> bool:
    """One place knows how things are stored."""
    return within(imported.target, "sqlalchemy") and not within(module.name, STORAGE)


def forbidden_io(module: Module, imported: Import) -> bool:
    """Decisions are pure: time and data come in as arguments."""
    return within(module.name, *SYNCHRONOUS) and within(imported.target, *NOT_IN_SYNCHRONOUS)


def await_breaches(module: Module) -> Iterator[tuple[int, str]]:
    """Asynchronous code in a synchronous package."""
    if within(module.name, *SYNCHRONOUS):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
                yield node.lineno, f"{module.name} is synchronous: no async, no await"


def find_path_breaches(root: Path) -> list[str]:
    """Places that put `channels/` itself on the path: its folder `email` would then hide Python's own."""
    settings = [root / name for name in ("pyproject.toml", "Makefile", "Dockerfile", "docker-compose.yml")]
    sources = [path for area in (*AREAS, "scripts", "tests") for path in sorted((root / area).rglob("*.py"))]
    return [
        f"{path.relative_to(root)}:{number}: channels/ is never put on the path"
        for path in [*settings, *sources]
        if path.exists() and path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if ("sys.path" in line or "pythonpath" in line.lower()) and "channels" in line
    ]


def test_the_tree_keeps_the_rule() -> None:
    """No breach anywhere."""
    assert find_breaches(ROOT) == []


def test_channels_are_never_on_the_path() -> None:
    """`import email` is always Python's."""
    assert find_path_breaches(ROOT) == []


ALLOWED = {
    "core/cases/decide.py": "import datetime\nfrom core.clock import due\nfrom core.contract.schema import Report\n",
    "core/storage/tables/base.py": "import sqlalchemy as sa\nfrom sqlalchemy.ext.asyncio import AsyncEngine\n",
    "core/notify/outbox.py": "import asyncio\n\nasync def send() -> None:\n    await asyncio.sleep(0)\n",
    "channels/base.py": "from core.contract import errors\n",
    "channels/zalo/adapter.py": "import email\nfrom core.contract import ports\nfrom channels.base import Client\n"
    "from channels.zalo.mapping import parse\nfrom . import signature\nfrom .. import base\n",
    "channels/zalo/sandbox/server.py": "from core.contract import errors\nfrom . import phones\n"
    "from channels.playing import read_object\nfrom channels.zalo.sandbox.moods import Mood\n"
    "from channels.base import Client\n",
    "channels/zalo/sandbox_graph.py": "from channels.zalo.sandbox import server\n",
    "channels/zalo/tests/test_adapter.py": "from gateway.app import build\nfrom core.storage import tables\n",
    "gateway/app.py": "from core.storage import tables\nfrom channels.zalo import adapter\nfrom . import settings\n",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small tree in which every import is allowed."""
    for path, code in ALLOWED.items():
        add(tmp_path, path, code)
    return tmp_path


def add(root: Path, path: str, code: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(code)


def test_what_is_allowed_is_no_breach(tree: Path) -> None:
    """The test does not cry wolf."""
    assert find_breaches(tree) == []
    assert find_path_breaches(tree) == []


@pytest.mark.parametrize(
    ("path", "code", "sentence"),
    [
        ("core/notify/router.py", "import channels.zalo", "neither channels nor gateway"),
        ("core/notify/router.py", "from channels import base", "neither channels nor gateway"),
        ("core/notify/router.py", "def f():\n    from gateway import app", "neither channels nor gateway"),
        ("core/notify/router.py", "import importlib\nimportlib.import_module('gateway.app')", "nobody imports gateway"),
        ("channels/zalo/client.py", "from core.storage import tables", "core.contract and channels.base only"),
        ("channels/zalo/client.py", "from core import cases", "core.contract and channels.base only"),
        ("channels/zalo/client.py", "import core", "core.contract and channels.base only"),
        ("channels/zalo/client.py", "from channels.sms import mapping", "core.contract and channels.base only"),
        ("channels/zalo/client.py", "from ..sms import mapping", "core.contract and channels.base only"),
        ("channels/zalo/client.py", "from .. import sms", "core.contract and channels.base only"),
        ("channels/zalo/client.py", "from gateway.app import build", "nobody imports gateway"),
        ("channels/zalo/sandbox.py", "from channels.zalo import signature", "nothing of its adapter"),
        ("channels/zalo/sandbox/server.py", "from ..signature import check", "nothing of its adapter"),
        ("channels/zalo/client.py", "from channels.zalo.sandbox import server", "nothing of its adapter"),
        ("channels/zalo/client.py", "from channels.playing import read_object", "nothing of its adapter"),
        ("channels/playing.py", "from channels.zalo import sandbox", "core.contract and channels.base only"),
        ("channels/base.py", "from channels.zalo import client", "core.contract and channels.base only"),
        ("channels/zalo/client.py", "import sqlalchemy", "core.storage only"),
        ("core/statistics/figures.py", "from sqlalchemy import select", "core.storage only"),
        ("gateway/workers.py", "from sqlalchemy.exc import DBAPIError", "core.storage only"),
        ("core/cases/service.py", "import asyncio", "free of I/O"),
        ("core/clock/engine.py", "from aiohttp import web", "free of I/O"),
        ("core/intake/dialogue.py", "import socket", "free of I/O"),
        ("core/cases/__init__.py", "async def decide(): ...", "no async, no await"),
        ("core/intake/mapping.py", "async def f(x):\n    async with x:\n        pass", "no async, no await"),
    ],
)
def test_a_breach_is_caught(tree: Path, path: str, code: str, sentence: str) -> None:
    """Each rule, broken once, in each way to write an import."""
    add(tree, path, code)
    breaches = find_breaches(tree)

    assert any(breach.startswith(path) and sentence in breach for breach in breaches), breaches


@pytest.mark.parametrize(
    ("path", "line"),
    [("gateway/app.py", "sys.path.insert(0, 'channels')"), ("pyproject.toml", 'pythonpath = [".", "channels"]')],
)
def test_channels_on_the_path_are_caught(tree: Path, path: str, line: str) -> None:
    """In code and in settings."""
    add(tree, path, line)

    assert [breach.partition(":")[0] for breach in find_path_breaches(tree)] == [path]
