"""Set-up does only what is missing, and says in one sentence what a person has to do."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from scripts import machine

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "setup.py"
FILES = (
    "pyproject.toml",
    "package.json",
    "package-lock.json",
    *(f"requirements/{n}.txt" for n in ("run", "dev", "uv", "voice", "phone")),
    "scripts/speak.py",
    "channels/call_center/prompts/standard.yaml",
)


@pytest.fixture
def setup(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, on a machine where nothing is found by chance."""
    spec = importlib.util.spec_from_file_location("setup_script", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("browser", "compiler", "sipp", "dovecot", "baresip", "linphone", "edge"):
        monkeypatch.setattr(machine, f"has_{name}", lambda: True)
    return module


def installing(monkeypatch: pytest.MonkeyPatch, setup: ModuleType, *, possible: bool) -> None:
    """Whether Debian packages can be had without a person."""
    for module in (setup, machine):
        monkeypatch.setattr(module, "can_install", lambda: possible)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the files that set-up reads."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


class Recorder:
    """Stands for the commands: notes them, and makes what they would make."""

    def __init__(self, setup: ModuleType, root: Path, level: str) -> None:
        self.commands: list[str] = []
        self.setup = setup.Setup(root, level)
        self.setup.call = self.call
        self.setup.find_uv = lambda: "uv"
        self.setup.find_npm = lambda: ["npm"]
        self.setup.venv_version = lambda: setup.version() if self.setup.python.exists() else ""

    def call(self, command: list[str]) -> None:
        self.commands.append(" ".join(command))
        if command[1:2] == ["venv"] and command[-1] == str(self.setup.venv):
            (self.setup.venv / "bin").mkdir(parents=True)
            self.setup.python.touch()
        if "ci" in command:
            self.setup.modules.mkdir(exist_ok=True)

    def run(self) -> list[str]:
        self.commands.clear()
        self.setup.run()
        return self.commands


def test_the_second_time_nothing_is_done(setup: ModuleType, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No command, no output."""
    recorder = Recorder(setup, project, setup.TEST)
    first = list(recorder.run())
    capsys.readouterr()

    assert any("sync --require-hashes" in command for command in first)
    assert any("npm ci" in command for command in first)
    assert recorder.run() == []
    assert capsys.readouterr().out == ""


def test_what_the_tests_need_is_enough_for_a_run(setup: ModuleType, project: Path) -> None:
    """`make run` after `make test` takes nothing away again; the other way round adds."""
    Recorder(setup, project, setup.TEST).run()

    assert Recorder(setup, project, setup.RUN).run() == []


def test_a_run_installs_no_development_packages(setup: ModuleType, project: Path) -> None:
    """The smaller lock, the smaller front end; the tests then install theirs."""
    commands = " ".join(Recorder(setup, project, setup.RUN).run())

    assert "requirements/run.txt" in commands
    assert "requirements/dev.txt" not in commands
    assert "npm ci --omit=dev" in commands
    assert Recorder(setup, project, setup.TEST).run() != []


@pytest.mark.parametrize(
    ("name", "expected"),
    [("requirements/dev.txt", "sync"), ("pyproject.toml", "sync"), ("package-lock.json", "npm ci")],
)
def test_a_changed_lock_is_installed(setup: ModuleType, project: Path, name: str, expected: str) -> None:
    """A pull that changes a lock is followed by the next `make`."""
    recorder = Recorder(setup, project, setup.TEST)
    recorder.run()
    (project / name).write_text("changed")

    assert any(expected in command for command in recorder.run())


def test_an_interrupted_set_up_starts_again(setup: ModuleType, project: Path) -> None:
    """The stamp is written after the work, never before."""
    recorder = Recorder(setup, project, setup.RUN)
    work = recorder.call

    def fail(command: list[str]) -> None:
        work(command)
        if "sync" in command:
            raise setup.StepFailed("no network")

    recorder.setup.call = fail
    with pytest.raises(setup.StepFailed):
        recorder.run()
    recorder.setup.call = work

    assert any("sync" in command for command in recorder.run())


def test_without_root_and_browser_one_sentence_and_exit_3(tmp_path: Path) -> None:
    """Nothing is started, nothing half done; nobody has to read a traceback."""
    result = subprocess.run(
        [sys.executable, str(SCRIPT), "--test"],
        env={"PATH": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 3
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "install Chromium" in result.stderr


def test_a_machine_without_compiler_gets_one_by_apt(
    setup: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the headers, which gcc only recommends; without root the sentence names both."""
    recorder = Recorder(setup, project, setup.TEST)
    monkeypatch.setattr(machine, "has_compiler", lambda: any("install -y" in command for command in recorder.commands))
    installing(monkeypatch, setup, possible=True)

    assert [command for command in recorder.run() if command.endswith("--no-install-recommends gcc libc6-dev")]

    recorder.commands.clear()
    installing(monkeypatch, setup, possible=False)
    with pytest.raises(setup.MissingTool, match="apt-get install gcc libc6-dev"):
        recorder.run()


def test_a_compiler_without_headers_is_none(tmp_path: Path) -> None:
    """What counts is whether it compiles."""
    assert machine.has_compiler()

    (tmp_path / "cc").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "cc").chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(tmp_path))
        assert not machine.has_compiler()


def test_a_bare_debian_python_gets_venv_by_apt(
    setup: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither venv nor pip: as root the package is installed, else the sentence names it."""
    subject = setup.Setup(project, setup.RUN)
    commands: list[str] = []
    monkeypatch.setattr(subject, "call", lambda command: commands.append(" ".join(command)))
    monkeypatch.setattr(setup, "has_pip", lambda: False)
    monkeypatch.setattr(setup, "has_venv", lambda: any("install -y" in command for command in commands))
    installing(monkeypatch, setup, possible=True)
    subject.install_uv(project / ".tools" / "uv")

    assert [command for command in commands if "python3-venv" in command]
    assert "-m venv" in commands[-2]

    commands.clear()
    installing(monkeypatch, setup, possible=False)
    with pytest.raises(setup.MissingTool, match="python3-venv"):
        subject.install_uv(project / ".tools" / "uv")


def test_python_without_venv_uses_pip(setup: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pip alone is enough: uv goes into a folder of its own."""
    subject = setup.Setup(project, setup.RUN)
    commands: list[str] = []
    monkeypatch.setattr(subject, "call", lambda command: commands.append(" ".join(command)))
    monkeypatch.setattr(setup, "has_venv", lambda: False)
    monkeypatch.setattr(setup, "has_pip", lambda: True)
    subject.install_uv(project / ".tools" / "uv")

    assert len(commands) == 1
    assert "--require-hashes" in commands[0]
    assert "--target" in commands[0]


def test_installers_learn_of_the_mirror(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """One setting for pip is enough; uv never fetches a Python."""
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_CERT", "/somewhere.pem")
    for name in ("UV_DEFAULT_INDEX", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"):
        monkeypatch.delenv(name, raising=False)
    environment = setup.environment()

    assert environment["UV_DEFAULT_INDEX"] == "http://127.0.0.1:9/simple"
    assert environment["SSL_CERT_FILE"] == environment["NODE_EXTRA_CA_CERTS"] == "/somewhere.pem"
    assert environment["UV_PYTHON_DOWNLOADS"] == "never"


def test_ci_runs_the_readmes_command() -> None:
    """CI knows no way of its own."""
    script = ROOT / ".ci" / "run"

    assert os.access(script, os.X_OK)
    assert "make test" in script.read_text()
    assert "pytest" not in script.read_text()
