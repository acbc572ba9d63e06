"""Every dependency is locked with hashes, and no lock says where from: a mirror or a relay serves as well."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
LOCKS = [*REQUIREMENTS, ROOT / "package-lock.json"]
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)(\[[a-z0-9,._-]+\])?==(?P<version>[^ ;\\]+)", re.MULTILINE)
ADDRESS = re.compile(r"https?:|git\+|file:|//|\bregistry\b|--(extra-)?index-url|--find-links|@ ", re.IGNORECASE)


def read_pins(name: str) -> dict[str, set[str]]:
    """Versions of each package in a lock; a universal lock may hold two of one."""
    pins: dict[str, set[str]] = {}
    for found in PIN.finditer((ROOT / "requirements" / name).read_text()):
        pins.setdefault(found["name"], set()).add(found["version"])
    return pins


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_lock_holds_an_address(lock: Path) -> None:
    """Neither a registry nor any other place; npm's base64 hashes may look like anything."""
    text = re.sub(r'"integrity": "[^"]*"', "", lock.read_text())

    assert ADDRESS.findall(text) == []


@pytest.mark.parametrize("lock", REQUIREMENTS, ids=lambda lock: lock.name)
def test_every_requirement_has_a_hash(lock: Path) -> None:
    """A line continues into its hashes; what does not is no pin."""
    entries = re.split(r"\n(?=\S)", lock.read_text().strip())

    assert [entry for entry in entries if not PIN.match(entry) or "--hash=sha256:" not in entry] == []


def test_every_front_end_package_has_a_hash() -> None:
    """npm compares it before it unpacks."""
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]

    assert [name for name, entry in packages.items() if name and not entry.get("integrity")] == []
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text()


def test_the_tests_run_with_the_versions_that_run() -> None:
    """What is installed for the tests includes what is installed for a run, version by version."""
    run, test = read_pins("run.txt"), read_pins("dev.txt")

    assert {name: versions for name, versions in run.items() if test.get(name) != versions} == {}
    assert "setuptools" in run


def test_uv_is_pinned_once() -> None:
    """The Makefile locks the version which set-up installs."""
    [version] = read_pins("uv.txt")["uv"]

    assert f"UV_VERSION := {version}\n" in (ROOT / "Makefile").read_text()
