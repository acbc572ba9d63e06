"""Starts are timed from outside, and a start that fails says why."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from bench import startup
from bench.measurement import Terms
from bench.startup import _newcomer, _timed
from bench.tickets import archive
from tests.support.servers import free_port

READY_LATER = """
import http.server, signal, sys
class Ready(http.server.BaseHTTPRequestHandler):
    asked = 0
    def do_GET(self):
        Ready.asked += 1
        self.send_response(200 if self.path == "/readyz" and Ready.asked > 2 else 503)
        self.end_headers()
signal.signal(signal.SIGTERM, lambda *_: sys.exit(open("stopped", "w").write("SIGTERM") and 0))
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Ready).serve_forever()
"""


def test_ready_is_the_first_200_and_the_end_is_sigterm(tmp_path: Path) -> None:
    """503 is not ready yet; nothing is left running."""
    port = free_port()
    command = [sys.executable, "-c", READY_LATER, str(port)]

    started = _timed(command, cwd=tmp_path, environ=os.environ, port=port, log=tmp_path / "log")

    assert started.ready > 0 < started.stopped
    assert (tmp_path / "stopped").read_text() == "SIGTERM"


def test_a_start_that_fails_shows_what_was_said(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no such database')"]

    with pytest.raises(RuntimeError, match="no such database"):
        _timed(command, cwd=tmp_path, environ=os.environ, port=free_port(), log=tmp_path / "log")


def test_a_newcomer_has_nothing_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings, no cache, no activated environment; what a machine needs to reach its mirror stays."""
    for name in ("LANGNGHE_MODE", "XDG_CACHE_HOME", "UV_CACHE_DIR", "VIRTUAL_ENV", "MAKEFLAGS"):
        monkeypatch.setenv(name, "ours")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example.vn/simple")
    monkeypatch.setenv("PATH", os.pathsep.join([str(startup.ROOT / ".venv" / "bin"), "/usr/bin"]))

    environ = _newcomer(tmp_path)

    assert "ours" not in environ.values()
    assert (environ["HOME"], environ["PATH"]) == (str(tmp_path), "/usr/bin")
    assert environ["PIP_INDEX_URL"] == "https://mirror.example.vn/simple"


def test_a_kept_archive_is_copied_and_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is measured writes into its own copy, which is gone afterwards."""
    kept = tmp_path / "kept" / "sqlite"
    (kept / "keys").mkdir(parents=True)
    for name in ("growth.json", "langnghe.sqlite3", "keys/keys.sqlite3"):
        (kept / name).write_text(name)
    monkeypatch.setenv("LANGNGHE_BENCH_STORES", str(kept.parent))
    monkeypatch.setattr(archive, "_SPARE", 0)
    (tmp_path / "scratch").mkdir()

    with archive.archive("sqlite", Terms(tmp_path / "scratch")) as store:
        assert (store.data / "keys" / "keys.sqlite3").read_text() == "keys/keys.sqlite3"
        (store.data / "langnghe.sqlite3").write_text("changed")

    assert (kept / "langnghe.sqlite3").read_text() == "langnghe.sqlite3"
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_kept_archive_may_be_spent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no room for a copy; a quick look never spends one."""
    kept = tmp_path / "kept" / "sqlite"
    kept.mkdir(parents=True)
    (kept / "growth.json").write_text("{}")
    monkeypatch.setenv("LANGNGHE_BENCH_STORES", str(kept.parent))
    monkeypatch.setenv("LANGNGHE_BENCH_SPEND", "1")

    with archive.archive("sqlite", Terms(tmp_path / "scratch")) as store:
        assert store.data == kept
    assert (kept / "growth.json").exists()


def test_a_disk_too_small_for_the_copy_is_named_before_copying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "kept" / "sqlite"
    kept.mkdir(parents=True)
    (kept / "growth.json").write_text("{}")
    monkeypatch.setenv("LANGNGHE_BENCH_STORES", str(kept.parent))
    monkeypatch.setattr(archive, "_SPARE", 10**18)
    (tmp_path / "scratch").mkdir()

    with (
        pytest.raises(RuntimeError, match="needs 1000000000 GB"),
        archive.archive("sqlite", Terms(tmp_path / "scratch")),
    ):
        pass
