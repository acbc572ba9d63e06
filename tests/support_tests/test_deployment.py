"""The container files say what operations rely on: health, order of start, secrets in files, loopback only."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
OURS = ("web", "worker", "telephony")
SERVERS = ("database", "redis")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def test_every_process_is_a_service(compose: dict[str, Any]) -> None:
    """Nothing is missing, nothing unexpected runs."""
    assert set(compose["services"]) == {*OURS, *SERVERS}
    assert [compose["services"][name]["command"] for name in OURS] == [["serve", "--roles", name] for name in OURS]


@pytest.mark.parametrize("name", [*OURS, *SERVERS])
def test_a_service_is_watched_and_cannot_change_its_image(compose: dict[str, Any], name: str) -> None:
    """Health check, restart, read-only file system, no new privileges."""
    service = compose["services"][name]

    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["restart"] == "unless-stopped"
    assert service["read_only"] is True
    assert "no-new-privileges:true" in service["security_opt"]


def test_services_wait_for_healthy_ones(compose: dict[str, Any]) -> None:
    """Started is not ready; the hotline waits for nobody."""
    waits = {name: compose["services"][name].get("depends_on", {}) for name in OURS}

    assert all(entry == {"condition": "service_healthy"} for wait in waits.values() for entry in wait.values())
    assert set(waits["worker"]) == {"web", "database", "redis"}
    assert not waits["telephony"]


def test_the_database_keeps_files_for_a_storm(compose: dict[str, Any]) -> None:
    """Of its write-ahead log: what has to be made anew holds up every commit meanwhile."""
    assert "min_wal_size=1GB" in compose["services"]["database"]["command"]


def test_ports_are_bound_to_loopback(compose: dict[str, Any]) -> None:
    """What the world may reach is the reverse proxy's decision; the servers publish nothing."""
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]

    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []
    assert not any("ports" in compose["services"][name] for name in SERVERS)
    assert all(compose["networks"][name]["internal"] for name in ("data", "bus"))


def test_secrets_are_files(compose: dict[str, Any]) -> None:
    """No password, key or token stands in a variable, an address or a command."""
    for service in compose["services"].values():
        for key, value in service.get("environment", {}).items():
            if re.search(r"KEY|PASSWORD|TOKEN|SECRET", key):
                assert key.endswith("_FILE"), key
                assert str(value).startswith("/run/secrets/"), key
            assert not re.search(r"//[^/@]*:[^/@]*@", str(value)), key
    assert all(set(secret) == {"file"} for secret in compose["secrets"].values())


def test_secrets_stay_out_of_git_and_image() -> None:
    """The folder the comment tells people to make."""
    assert "/secrets/" in (ROOT / ".gitignore").read_text().splitlines()
    assert (ROOT / ".dockerignore").read_text().splitlines()[1] == "*"


def test_telephony_sees_neither_database_nor_key(compose: dict[str, Any]) -> None:
    """It journals locally and hands over; what it cannot reach it cannot leak."""
    telephony = compose["services"]["telephony"]

    assert "data" not in telephony["networks"]
    assert "secrets" not in telephony
    assert not any("DATABASE" in key for key in telephony["environment"])


def test_the_image_runs_unprivileged_and_says_how_it_is() -> None:
    """Nothing in it runs as root, everything in it is locked, and it only copies what it may."""
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    last_stage = lines[max(number for number, line in enumerate(lines) if line.startswith("FROM ")) :]

    assert "USER langnghe" in last_stage
    assert any(line.startswith("HEALTHCHECK") for line in last_stage)
    installing = [line for line in lines if "pip install" in line or "pip sync" in line]
    assert [line for line in installing if "--require-hashes" not in line and "--offline" not in line] == []
    assert len(installing) == 4
    assert any("npm ci" in line for line in lines)


def test_what_the_image_copies_passes_the_ignore_file() -> None:
    """An allow-list that forgot something would break the build."""
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    sources = {
        source
        for line in (ROOT / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for source in line.split()[1:-1]
    }

    assert [one for one in sources if one not in allowed and one.split("/")[0] not in allowed] == []
