"""A command line over a fresh data folder: alone, or beside a running process that holds the database."""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import structlog

from gateway.admin import serving_admin
from gateway.cli import main
from gateway.deployment import open_deployment
from gateway.settings import load_settings


@dataclass
class Answer:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its output, read."""
        return json.loads(self.out)


@dataclass
class CommandLine:
    """Runs `langnghe …` in this process."""

    capsys: pytest.CaptureFixture[str]

    async def __call__(self, *words: str) -> Answer:
        """One command, in a thread, as its own process would be."""
        self.capsys.readouterr()
        code = await asyncio.to_thread(main, words)
        written = self.capsys.readouterr()
        return Answer(code, written.out, written.err)

    async def must(self, *words: str) -> Answer:
        """One command that succeeds."""
        answer = await self(*words)
        assert answer.code == 0, answer
        return answer


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, migrated_sqlite: Path) -> Path:
    """A fresh data folder, named in the environment; mail listens nowhere."""
    folder = tmp_path / "var"
    folder.mkdir()
    shutil.copy(migrated_sqlite, folder / "langnghe.sqlite3")
    for name in ("HTTP_PORT", "SMTP_PORT", "LMTP_PORT"):
        monkeypatch.setenv(f"LANGNGHE_{name}", "0")
    monkeypatch.setenv("LANGNGHE_MODE", "demo")
    monkeypatch.setenv("LANGNGHE_DATA", str(folder))
    monkeypatch.chdir(tmp_path)
    # The running process is this one: its log must not stand between the lines of the command.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    return folder


@pytest.fixture
def alone(data: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Nothing runs: commands open the database themselves."""
    return CommandLine(capsys)


@pytest_asyncio.fixture
async def beside(data: Path, capsys: pytest.CaptureFixture[str]) -> AsyncIterator[CommandLine]:
    """The gateway runs and holds the database: commands ask it."""
    async with open_deployment(load_settings()) as deployment, serving_admin(deployment):
        yield CommandLine(capsys)


@pytest.fixture(params=["alone", "beside"])
def langnghe(request: pytest.FixtureRequest) -> CommandLine:
    """Both ways, one after the other."""
    command: CommandLine = request.getfixturevalue(request.param)
    return command
