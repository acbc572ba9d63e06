"""`langnghe serve` in demo mode, as whoever types `make run` gets it: a process of its own and everything it starts."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Timer

import pytest

from channels.tasks import HEARD_SECONDS
from tests.support.serving import THINKER, Served, fetch, start, wait_until

SLOW_SECONDS = 3 * HEARD_SECONDS


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A demo that answers."""
    settings = tmp_path / "langnghe.toml"
    settings.write_text("[intake]\nthinkers = 1\n")
    found = start(tmp_path, LANGNGHE_CONFIG=str(settings))
    yield found
    if found.process.poll() is None:
        found.process.kill()
        found.process.wait()


def test_a_demo_can_be_tried_and_ends_in_order(served: Served, tmp_path: Path) -> None:
    """A mail to the sandbox comes back as a receipt; the file tells everything; SIGTERM ends all of it."""
    demo = served.demo
    assert {"http", "smtp", "logins", "tokens", "channels", "sandbox", "ready", "pid", "version"} <= demo.keys()
    assert stat.S_IMODE((served.data / "demo.json").stat().st_mode) == 0o600
    assert demo["pid"] == served.process.pid
    assert "admin" in demo["logins"].keys() & demo["tokens"].keys()
    assert fetch(f"{demo['http']}/healthz")["ok"] is True
    assert fetch(f"{demo['http']}/readyz")["ready"] is True

    wish = {
        "from": "Nguyễn Văn An <an@hopthu.example.vn>",
        "to": demo["channels"]["email"]["address"],
        "subject": "Đèn hỏng",
        "text": "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng từ hôm qua.",
    }
    assert fetch(f"{demo['sandbox']['email']}/send", wish)["sent"] is True
    (receipt,) = wait_until(lambda: fetch(f"{demo['sandbox']['email']}/mails"), "a receipt")
    assert receipt["subject"] == "Re: Đèn hỏng"

    assert fetch(f"{demo['http']}/api/v1/me", token=demo["tokens"]["receptionist"])
    (sandbox,) = served.sandbox_ids()
    os.kill(sandbox, signal.SIGSTOP)  # it takes its time to end
    Timer(SLOW_SECONDS, os.kill, (sandbox, signal.SIGCONT)).start()
    assert served.stop() == 0
    assert served.demo["ready"] is False
    assert served.demo["logins"] == demo["logins"]
    assert not Path(f"/proc/{sandbox}").exists()
    assert not (served.data / "admin.sock").exists()
    written = served.log.read_text()
    secrets = [login["password"] for login in demo["logins"].values()] + list(demo["tokens"].values())
    assert not any(secret in written for secret in secrets)

    again = start(tmp_path)
    try:
        assert again.demo["logins"] == demo["logins"]
        assert again.demo["tokens"] == demo["tokens"]
    finally:
        assert again.stop() == 0


def test_one_gateway_holds_the_data_and_its_sandbox_lives_as_long(served: Served) -> None:
    """A second start is refused; a sandbox that is killed comes back; when the gateway is killed, all of its own go."""
    refused = start_again(served)
    assert refused.returncode == 1
    assert "another process holds" in refused.stderr
    assert served.demo["ready"] is True
    assert fetch(f"{served.demo['http']}/healthz")["ok"] is True

    address = served.demo["sandbox"]["email"]
    (first,) = served.sandbox_ids()
    os.kill(first, signal.SIGKILL)

    def answers_again() -> bool:
        with suppress(OSError):
            return first not in served.sandbox_ids() and fetch(f"{address}/mails") == []
        return False

    wait_until(answers_again, "a new sandbox")
    own = [*served.sandbox_ids(), *served.started(THINKER)]
    assert len(own) == 2
    served.process.kill()
    served.process.wait()
    wait_until(lambda: not any(map(_runs, own)), "the end of what it started")


def start_again(served: Served) -> subprocess.CompletedProcess[str]:
    """Another gateway over the same data."""
    ports = {f"LANGNGHE_{name}_PORT": "0" for name in ("HTTP", "SMTP", "LMTP")}
    environ = os.environ | ports | {"LANGNGHE_MODE": "demo", "LANGNGHE_DATA": str(served.data)}
    return subprocess.run(
        [sys.executable, "-m", "gateway.cli", "serve"], env=environ, capture_output=True, text=True, check=False
    )


def _runs(process: int) -> bool:
    """Whether a process is there and not only waiting to be buried."""
    try:
        return " Z " not in Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_wrong_settings_stop_the_start(tmp_path: Path) -> None:
    """Exit 1 and one sentence: key, problem, example; nothing is written."""
    environ = os.environ | {"LANGNGHE_MODE": "production", "LANGNGHE_DATA": str(tmp_path / "var")}

    done = subprocess.run(
        [sys.executable, "-m", "gateway.cli", "serve", "--roles", "web"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )

    assert done.returncode == 1
    assert done.stderr.startswith("langnghe: roles: web and worker can be split only on PostgreSQL")
    assert not (tmp_path / "var").exists()
