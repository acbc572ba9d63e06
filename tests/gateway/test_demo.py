"""What demo mode adds to the settings, and how its file is written."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from core.storage import people
from core.storage.tables import agency_entry, setting
from gateway.demo import Demo, with_ports
from gateway.demo_file import read_demo, withdraw, write_demo
from gateway.deployment import open_deployment
from gateway.sandbox.beside import Beside
from gateway.sandbox.connected import connected
from gateway.sandbox.credentials import Credentials
from gateway.settings import load_settings
from gateway.settings.model import Settings
from tests.support.deployments import settings_for

SANDBOX = {"email": {"http": "http://127.0.0.1:4", "smtp": "127.0.0.1:5"}}
KNOWN = Credentials()


def demo_settings(**environ: str) -> Settings:
    """Settings as a demo reads them."""
    return load_settings({"LANGNGHE_MODE": "demo", **environ})


def test_the_public_address_follows_the_port() -> None:
    """Links in mails lead to where the demo really listens; an address that somebody set stays."""
    moved = with_ports(demo_settings(LANGNGHE_HTTP_PORT="9000"))
    named = with_ports(demo_settings(LANGNGHE_HTTP_PORT="9000", LANGNGHE_PUBLIC_URL="http://localhost:1"))

    assert moved.public_url == "http://127.0.0.1:9000"
    assert named.public_url == "http://localhost:1"


def test_ports_left_to_chance_become_real_ones() -> None:
    """The sandbox must know where mail goes before anything listens."""
    found = with_ports(demo_settings(**{f"LANGNGHE_{name}_PORT": "0" for name in ("HTTP", "SMTP", "LMTP", "SIP")}))

    drawn = (found.http.port, found.email.smtp_port, found.email.lmtp_port, found.call_center.sip_port)
    assert all(20_000 < port < 32_768 for port in drawn), "the kernel gives those above to whoever calls out"
    assert found.public_url.endswith(f":{found.http.port}")


def test_answers_go_to_the_sandbox_unless_somebody_named_a_relay() -> None:
    """Plain, since it never leaves the machine."""
    settings = demo_settings()
    own = settings.model_copy(update={"email": settings.email.model_copy(update={"relay_host": "mail.example.vn"})})

    email = connected(settings, SANDBOX, KNOWN).email
    assert (email.relay_host, email.relay_port, email.relay_tls) == ("127.0.0.1", 5, "none")
    assert connected(own, SANDBOX, KNOWN).email.relay_host == "mail.example.vn"


def test_the_file_is_whole_and_for_its_owner_only(tmp_path: Path) -> None:
    """Written beside its place and renamed; `withdraw` keeps what is stable."""
    path = tmp_path / "demo.json"
    write_demo(path, {"ready": True, "logins": {"admin": {"password": "x"}}})
    withdraw(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text()) == {"ready": False, "logins": {"admin": {"password": "x"}}}
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_no_json_counts_as_none(tmp_path: Path) -> None:
    """A half-edited file must not stop the demo."""
    path = tmp_path / "demo.json"
    path.write_text("{")

    assert read_demo(path) == {}
    withdraw(path)
    assert path.read_text() == "{"


async def test_every_role_gets_a_user_and_a_token_once(tmp_path: Path) -> None:
    """A second start finds them; a password that was changed meanwhile is set back; roles work at their agencies."""
    settings = settings_for(tmp_path)
    async with open_deployment(settings) as deployment:
        demo = Demo(settings, Beside(SANDBOX), KNOWN, ())
        await demo.announce(deployment, "http://127.0.0.1:1")
        first = read_demo(tmp_path / "demo.json")
        users = await deployment.database.read(people.all_users)
        await deployment.database.write(lambda c: people.set_password(c, users[0].id, "$argon2id$other"))
        await demo.announce(deployment, "http://127.0.0.1:2")
        second = read_demo(tmp_path / "demo.json")
        grants = {
            user.login: await deployment.database.read(lambda c, u=user: people.grants(c, u.id)) for user in users
        }
        renewed = await deployment.database.read(people.all_users)

    roles = {"receptionist", "distributor", "editor", "officer", "leader", "admin"}
    assert first["logins"].keys() == first["tokens"].keys() == roles == {user.login for user in users}
    assert (second["logins"], second["tokens"]) == (first["logins"], first["tokens"])
    assert first["channels"]["app"] == second["channels"]["app"] != {"key": ""}
    assert (first["pid"], first["ready"], second["http"]) == (os.getpid(), True, "http://127.0.0.1:2")
    assert renewed[0].password_hash != "$argon2id$other"
    assert grants["receptionist"] == [("receptionist", "")]
    assert len(grants["officer"]) > 5
    assert all(agency for _, agency in grants["officer"])


@pytest.mark.parametrize(("mode", "name"), [("demo", None), ("production", "Tên của bản trước")])
async def test_a_folder_of_before_has_the_agencies_of_now(tmp_path: Path, mode: str, name: str | None) -> None:
    """In a demo; a province keeps its own."""
    settings = settings_for(tmp_path)
    async with open_deployment(settings) as deployment:
        shown = deployment.regulation.agencies
        one = next(iter(shown))
        before = update(agency_entry).where(agency_entry.c.agency_id == one.id).values(name="Tên của bản trước")
        await deployment.database.write(lambda connection: connection.execute(before))
        unknown = delete(setting).where(setting.c.key.startswith("agencies_shipped"))
        await deployment.database.write(lambda connection: connection.execute(unknown))

    key = f"file:{tmp_path / 'master.key'}"
    async with open_deployment(settings.model_copy(update={"mode": mode, "master_key": key})) as deployment:
        assert deployment.regulation.agencies.name(one.id) == (name or one.name)
