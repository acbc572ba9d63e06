"""Several telephony processes kept up by one gateway: each is started again by itself, and all end with it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from gateway.cli import main
from gateway.settings import load_settings
from gateway.telephony.beside import telephony_beside
from gateway.telephony.running import running
from tests.support.caller import short_prompts
from tests.support.waiting import until

CONFIG = """
[call_center]
sip_port = 0
rtp_first = 0
rtp_last = 0
drain_seconds = 0
prompts = "{prompts}"
[call_center.fleet]
nodes = 2
"""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings of a demo with two nodes, for us and for the processes that we start."""
    config = tmp_path / "langnghe.toml"
    config.write_text(CONFIG.format(prompts=short_prompts(tmp_path / "prompts")))
    for name, value in {"CONFIG": config, "DATA": tmp_path / "var", "MODE": "demo", "ROLES": "telephony"}.items():
        monkeypatch.setenv(f"LANGNGHE_{name}", str(value))
    return tmp_path / "var"


def pid_of(data: Path, node: int) -> int:
    """0: it is not up."""
    found = running(data, node)
    return found.pid if found else 0


async def test_each_is_started_again_and_all_end_together(data: Path) -> None:
    data.mkdir()
    async with telephony_beside(load_settings()):
        await until(lambda: pid_of(data, 1) and pid_of(data, 2), "both are up")
        first, second = pid_of(data, 1), pid_of(data, 2)
        os.kill(second, signal.SIGKILL)
        await until(lambda: pid_of(data, 2) not in (0, second), "the second is up again")
        assert pid_of(data, 1) == first
    assert (pid_of(data, 1), pid_of(data, 2)) == (0, 0)


def test_whoever_is_not_there_cannot_be_drained(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calls", "drain", "--node", "2"]) == 1
    assert "no telephony process 2" in capsys.readouterr().err
