"""
What set-up needs of the machine itself, whether it is there, and how Debian brings it: for the tests alone.

Where packages cannot be installed without a question, a person is told which, before any work starts.
"""

from __future__ import annotations

import contextlib
import ctypes.util
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

COMPILERS = ("cc", "gcc", "clang")
MAILBOX = "dovecot-imapd"
EDGE = {
    "kamailio": "kamailio",
    "kamailio-tls-modules": "kamailio",
    "rtpengine-daemon": "rtpengine-daemon",
    "coturn": "coturn",
}
"""What stands before several telephony processes: Debian package → the service that it would start by itself."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class MissingTool(Exception):
    """Somebody has to install something by hand; the message is the one sentence that says what."""


class StepFailed(Exception):
    """A command of ours failed; the message says which step, the log has the rest."""


def system() -> list[tuple[str, Callable[[], bool], str]]:
    """What the tests need of the machine: (name, is it there?, Debian packages)."""
    return [
        ("Chromium", has_browser, "chromium"),
        ("A C compiler", has_compiler, "gcc libc6-dev"),
        ("sipp, which plays callers,", has_sipp, "sip-tester"),
        ("Dovecot, which plays a hosted mailbox,", has_dovecot, MAILBOX),
        ("baresip, an independent telephone,", has_baresip, "baresip-core"),
        ("linphone, an independent telephone,", has_linphone, "linphone-cli"),
        ("Kamailio, rtpengine and coturn, which stand before the hotline,", has_edge, " ".join(EDGE)),
    ]


def has_compiler() -> bool:
    """Whether C can be compiled, headers included: the tests put a small library between a process and its disk."""
    compiler = next((name for name in COMPILERS if shutil.which(name)), None)
    return compiler is not None and succeeds([compiler, "-fsyntax-only", "-xc", "-"], "#include <stdio.h>\n")


def has_sipp() -> bool:
    """Whether sipp is installed."""
    return shutil.which("sipp") is not None


def has_dovecot() -> bool:
    """Whether Dovecot is installed, where tests/support/dovecot.py looks for it."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin") is not None


def has_baresip() -> bool:
    """Whether baresip is installed."""
    return shutil.which("baresip") is not None


def has_linphone() -> bool:
    """Whether linphone's program for the command line is installed."""
    return shutil.which("linphonec") is not None


def has_edge() -> bool:
    """Whether Kamailio with TLS, rtpengine and coturn are installed, where the tests look for them."""
    where = f"{os.environ.get('PATH', '')}:/usr/sbin"
    found = all(shutil.which(program, path=where) for program in ("kamailio", "rtpengine", "turnserver"))
    return found and any(Path("/usr/lib").glob("*/kamailio/modules/tls.so"))


def services_of(packages: str) -> list[str]:
    """Services that these Debian packages start by themselves, and that nobody wants on a machine for tests."""
    known = {MAILBOX: "dovecot", **EDGE}
    return sorted({known[package] for package in packages.split() if package in known})


def has_voice() -> bool:
    """Whether eSpeak NG is installed."""
    return ctypes.util.find_library("espeak-ng") is not None


def has_browser() -> bool:
    """Whether Chromium is installed."""
    return any(shutil.which(program) for program in BROWSERS)


def can_install() -> bool:
    """Whether Debian packages can be installed without asking anybody."""
    return shutil.which("apt-get") is not None and root_prefix() is not None


def please_install(name: str, package: str) -> str:
    """The one sentence for a person."""
    return f"Please install {name} first (on Debian or Ubuntu: sudo apt-get install {package}), then try again."


def install(package: str, name: str, present: Callable[[], bool], *, call: Callable[[list[str]], None]) -> None:
    """
    Install Debian packages unless the thing is there. `call` runs a command, or raises StepFailed.

    Raises: MissingTool: it cannot be had here without a person.
    """
    if present():
        return
    if not can_install():
        raise MissingTool(please_install(name, package))
    apt = [
        *(root_prefix() or []),
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-q",
        "-o",
        "DPkg::Lock::Timeout=300",
    ]
    with contextlib.suppress(StepFailed):  # one broken source of many must not matter if the package is found
        call([*apt, "update"])
    try:
        call([*apt, "install", "-y", "--no-install-recommends", *package.split()])
    except StepFailed as error:
        raise MissingTool(please_install(name, package)) from error
    if not present():
        raise MissingTool(please_install(name, package))
    for service in services_of(package) if shutil.which("systemctl") else ():  # the tests start their own
        with contextlib.suppress(StepFailed):
            call([*(root_prefix() or []), "systemctl", "disable", "--now", service])


def root_prefix() -> list[str] | None:
    """What to write before a command that needs root: nothing for root, sudo where it asks nothing, else None."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and succeeds(["sudo", "-n", "true"]):
        return ["sudo", "-n"]
    return None


def succeeds(command: list[str], given: str = "") -> bool:
    """Whether a command ends well; `given` is its input."""
    return subprocess.run(command, input=given.encode(), capture_output=True, check=False).returncode == 0


def output(command: list[str]) -> str:
    """What a command prints; empty if it fails."""
    try:
        result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return result.stdout.strip() if result.returncode == 0 else ""
