"""Settings: read from file, environment and secrets; every mistake named with key, problem and example."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.contract.errors import ConfigError
from gateway.settings import Settings, load_settings
from gateway.settings.load import mistakes
from gateway.settings.zalo import zalo_settings

DEMO = {"LANGNGHE_MODE": "demo"}


def problems(environ: dict[str, str]) -> list[str]:
    """What is wrong, as printed."""
    found = mistakes(environ)
    return [] if isinstance(found, Settings) else [str(error) for error in found]


def written(tmp_path: Path, text: str) -> dict[str, str]:
    """The environment that points at a configuration file with this text."""
    path = tmp_path / "langnghe.toml"
    path.write_text(text, encoding="utf-8")
    return {"LANGNGHE_CONFIG": str(path)}


def test_the_environment_stands_over_the_file(tmp_path: Path) -> None:
    """A container changes one value without touching the file."""
    environ = written(tmp_path, 'mode = "demo"\n[http]\nport = 9000\n') | {"LANGNGHE_HTTP_PORT": "9001"}

    settings = load_settings(environ)

    assert (settings.mode, settings.http.port) == ("demo", 9001)


def test_secrets_come_from_variables_and_files_and_are_never_printed(tmp_path: Path) -> None:
    """`env:NAME`, `file:PATH`, and the variables that name a file."""
    (tmp_path / "password").write_text("s3cret\n")
    environ = written(tmp_path, '[email]\nrelay_password = "env:RELAY"\n') | DEMO
    environ |= {"RELAY": "geheim", "LANGNGHE_DATABASE_PASSWORD_FILE": str(tmp_path / "password")}

    settings = load_settings(environ)

    assert settings.email.relay_password.get_secret_value() == "geheim"
    assert settings.database_password.get_secret_value() == "s3cret"
    assert "geheim" not in repr(settings)
    assert "s3cret" not in repr(settings)


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"LANGNGHE_MODE": "test"}, "mode: "),
        ({**DEMO, "LANGNGHE_HTTP_PORT": "99999"}, "http.port: "),
        ({**DEMO, "LANGNGHE_PUBLIC_URL": "phananh.example.vn"}, "public_url: not an http(s) address"),
        ({**DEMO, "LANGNGHE_REDIS_URL": "http://:geheim@redis.example.vn"}, "redis_url: not an address of Redis"),
        ({**DEMO, "LANGNGHE_ROLES": "web"}, "roles: web and worker can be split only on PostgreSQL"),
        ({**DEMO, "LANGNGHE_ROLES": "web,worker,cook"}, "roles: unknown: cook"),
        ({**DEMO, "LANGNGHE_BIND": "0.0.0.0"}, "http.host: demo mode serves this machine only"),
        ({**DEMO, "LANGNGHE_DATABASE_URL": "mysql://x"}, "database_url: neither sqlite nor postgresql"),
        ({"LANGNGHE_MODE": "production"}, "master_key: production needs a key"),
        ({**DEMO, "LANGNGHE_REDIS_URL": "env:NOWHERE"}, "redis_url: environment variable NOWHERE is not set"),
        ({"LANGNGHE_CONFIG": "/nowhere.toml"}, "LANGNGHE_CONFIG: cannot read /nowhere.toml"),
    ],
)
def test_a_mistake_names_its_key_and_gives_an_example(environ: dict[str, str], told: str) -> None:
    """The process does not start, and says what to write instead."""
    (found,) = problems(environ)

    assert found.startswith(told)
    assert "example: " in found


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    """Nobody should have to start five times to find five mistakes."""
    environ = written(tmp_path, 'mode = "demo"\ncolour = "red"\n[http]\nport = "x"\n')

    assert sorted(found.split(":")[0] for found in problems(environ)) == ["colour", "http.port"]


def test_the_first_mistake_stops_the_start() -> None:
    """As an error that carries its key."""
    with pytest.raises(ConfigError) as caught:
        load_settings({"LANGNGHE_MODE": "test"})

    assert caught.value.key == "mode"


WHOLE = 'oa_id = "388"\napp_id = "360"\napp_secret = "s1"\noa_secret = "s2"\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('oa_id = "388"\n', "zalo.app_secret: missing, while oa_id is given"),
        (WHOLE.replace("388", "x388"), "zalo.oa_id: "),
        (WHOLE + 'api_url = "http://openapi.zalo.me"\n', "zalo.api_url: "),
        (WHOLE + 'otp_template = "abc"\n', "zalo.otp_template: "),
        (WHOLE + 'notice_fields = ["ma=code", "ten=name"]\n', "zalo.notice_fields: each is theirs=ours"),
        (WHOLE.replace('"s1"', '"env:NOWHERE"'), "zalo.app_secret: environment variable NOWHERE is not set"),
    ],
)
def test_an_official_account_that_cannot_be(tmp_path: Path, text: str, told: str) -> None:
    """Half of it, or what the provider would not take."""
    found = problems(written(tmp_path, f"[zalo]\n{text}") | DEMO)

    assert any(one.startswith(told) for one in found)
    assert "s2" not in str(found)


def test_an_official_account_as_the_channel_wants_it(tmp_path: Path) -> None:
    """With the templates that are named, and none where nothing is set."""
    fields = 'otp_template = "300001"\notp_fields = ["ma=otp"]\n'
    whole = zalo_settings(load_settings(written(tmp_path, f"[zalo]\n{WHOLE}{fields}") | DEMO))

    assert whole is not None
    assert (whole.oa_id, whole.secrets, list(whole.templates)) == ("388", ("s2",), ["otp"])
    assert whole.templates["otp"].fields == {"ma": "otp"}
    assert whole.redirect_uri.endswith("/oauth/zalo/callback")
    assert zalo_settings(load_settings(DEMO)) is None


@pytest.mark.parametrize(
    "address", ["http://datdai.example.vn", "datdai.example.vn", "javascript:alert(1)", "https://"]
)
def test_a_public_service_is_linked_by_https_only(tmp_path: Path, address: str) -> None:
    """Citizens are led nowhere else, and the mistake comes with an example."""
    (told,) = problems(DEMO | written(tmp_path, f'[portal.utilities]\nland = "{address}"\n'))

    assert told.startswith("portal.utilities.land: ")
    assert "https://datdai.example.vn" in told
