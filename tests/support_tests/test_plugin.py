"""The rules that every test run obeys, proved on runs inside a temporary folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import plugin

ROOT = Path(__file__).parents[2]
SKIPPING = "import pytest\n\ndef test_absent():\n    pytest.skip('no tool')\n"
SKIPPED_MODULE = "import pytest\npytest.importorskip('no_such_module_anywhere')\n"


def run_pytest(folder: Path, code: str, *arguments: str, ci: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_inner.py").write_text(code)
    (folder / "test_fine.py").write_text("def test_fine(): pass\n")
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.plugin", "-p", "no:cacheprovider", *arguments, "."]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "CI": ci, "HOME": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("code", "arguments"),
    [(SKIPPING, ("-n", "2")), (SKIPPED_MODULE, ())],
    ids=["a test, two workers", "a module, one process"],
)
def test_a_skip_fails_in_ci_only(tmp_path: Path, code: str, arguments: tuple[str, ...]) -> None:
    """At the desk a skip is allowed; in CI it ends the run with an error that says why."""
    at_desk = run_pytest(tmp_path, code, *arguments, ci="")
    in_ci = run_pytest(tmp_path, code, *arguments, ci="true")

    assert (at_desk.returncode, in_ci.returncode) == (0, 1), in_ci.stdout + in_ci.stderr
    assert "a skipped test in CI is a failure" in in_ci.stdout


def test_swallowed_attempts_still_fail(tmp_path: Path) -> None:
    """Code under test that catches everything cannot hide that it tried to leave the machine."""
    code = """
        import contextlib, socket
        def test_hidden():
            with contextlib.suppress(Exception):
                socket.create_connection(("192.0.2.1", 80), timeout=0.1)
    """
    lines = "\n".join(line[8:] for line in code.splitlines())
    result = run_pytest(tmp_path, lines, ci="")

    assert result.returncode == 1
    assert "tried to leave the machine" in result.stdout


def test_the_next_test_hears_every_log_line(tmp_path: Path) -> None:
    """A command keeps its own log quiet; capture_logs of the test after it must not come back empty."""
    code = """
        import structlog
        from gateway.cli.common import quiet_logs
        def test_command():
            quiet_logs()
        def test_after():
            with structlog.testing.capture_logs() as lines:
                structlog.get_logger().info("heard")
            assert [line["event"] for line in lines] == ["heard"]
    """
    result = run_pytest(tmp_path, "\n".join(line[8:] for line in code.splitlines()), ci="")

    assert result.returncode == 0, result.stdout


def test_the_settings_of_the_person_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """A forgotten LANGNGHE_DATABASE_URL must not point the tests at somebody's database."""
    for name in ("LANGNGHE_DATABASE_URL", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://192.0.2.1")
    monkeypatch.setenv("LANG", "C")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    plugin.clean_environment()

    assert not {"LANGNGHE_DATABASE_URL", "HTTPS_PROXY", "https_proxy", "PYTHONDONTWRITEBYTECODE"} & set(os.environ)
    assert os.environ["LANG"] == "C"
