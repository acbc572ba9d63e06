"""Which telephony process there is: a locked file says so, and it imports nothing of the database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.contract.errors import ConfigError
from gateway.telephony.running import Running, claimed, digest_of, running
from tests.support.deployments import settings_for


def test_one_process_takes_calls_over_a_folder(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)

    assert running(tmp_path) is None
    with claimed(settings):
        assert running(tmp_path) == Running(pid=os.getpid(), settings=digest_of(settings))
        with pytest.raises(ConfigError, match="another telephony process"), claimed(settings):
            pass
    assert running(tmp_path) is None


def test_a_change_of_the_hotline_is_seen(tmp_path: Path) -> None:
    """And a change of anything else is not: nobody's call ends for a new colour of the portal."""
    settings = settings_for(tmp_path)
    other_port = settings_for(tmp_path, call_center={"sip_port": 5070})
    secret = settings_for(tmp_path, call_center={"trunks": {"a": {"host": "203.0.113.7", "password": "one"}}})
    other_secret = settings_for(tmp_path, call_center={"trunks": {"a": {"host": "203.0.113.7", "password": "two"}}})

    assert digest_of(settings) == digest_of(settings_for(tmp_path, office="Trung tâm"))
    assert len({digest_of(one) for one in (settings, other_port, secret, other_secret)}) == 4


def test_calls_need_no_database() -> None:
    """A stalled import, or a database that is away, is never heard by a caller."""
    heavy = "{'sqlalchemy', 'aiosqlite', 'asyncpg', 'jinja2', 'gateway.deployment'}"
    code = f"import gateway.telephony.process, sys; sys.exit(sorted({heavy} & set(sys.modules)) or 0)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
