"""Accounts, tokens and agencies from the command line, with and without a running gateway."""

from __future__ import annotations

import io

import pytest

from tests.gateway.cli.conftest import CommandLine

NUMBER = ("--staff-number", "CB 0102")
STRONG = "vườn cây mưa tháng tám"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password on standard input."""
    monkeypatch.setattr("sys.stdin", io.StringIO(STRONG + "\n"))


async def add(langnghe: CommandLine, login: str = "lan", *more: str) -> str:
    """An account with a generated password; returns that."""
    number = ("--staff-number", f"CB-{login}")
    answer = await langnghe.must("user", "add", login, "--name", "Trần Thị Lan", *number, "--generate", *more)
    return answer.out.strip()


async def test_an_account_lives_from_add_to_deactivate(langnghe: CommandLine) -> None:
    """Roles given and taken, password and second factor set anew, and off."""
    first = await add(langnghe, "Lan", "--role", "receptionist")
    await langnghe.must("user", "grant", "lan", "editor")
    await langnghe.must("user", "grant", "lan", "editor")
    await langnghe.must("user", "revoke", "lan", "receptionist")
    second = (await langnghe.must("user", "password", "lan", "--generate")).out.strip()
    await langnghe.must("user", "reset-totp", "lan")
    listed = await langnghe.must("user", "list")
    await langnghe.must("user", "deactivate", "lan")

    assert len({first, second, ""}) == 3
    assert listed.out == "lan\tTrần Thị Lan\teditor\n"
    assert "(off)" in (await langnghe.must("user", "list")).out


@pytest.mark.usefixtures("typed")
async def test_a_password_is_read_from_standard_input(langnghe: CommandLine) -> None:
    """Never from an argument, where the process list would show it; never written back."""
    answer = await langnghe.must("user", "add", "lan", "--name", "Trần Thị Lan", *NUMBER)

    assert STRONG not in answer.out + answer.err


async def test_a_role_of_an_agency_needs_its_agency(beside: CommandLine) -> None:
    """An officer without an agency would see nothing, or everything."""
    agencies = [line.split("\t") for line in (await beside.must("agency", "list")).out.splitlines()]
    enterprise = next(row[0] for row in agencies if row[1] == "enterprise")

    refused = await beside("user", "add", "binh", "--name", "Lê Văn Bình", *NUMBER, "--generate", "--role", "officer")
    await add(beside, "binh", "--role", f"officer@{enterprise}")

    assert refused.code == 1
    assert "works at an agency" in refused.err
    assert f"officer@{enterprise}" in (await beside.must("user", "list")).out


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["user", "add", "lan", "--name", "Lan", *NUMBER, "--generate"], "lan is taken"),
        (["user", "add", "binh", "--name", "Bình", *NUMBER, "--generate", "--role", "king"], "no role king"),
        (["user", "add", "binh", "--name", "Bình", *NUMBER, "--generate", "--role", "officer@moon"], "no agency moon"),
        (["user", "add", "binh", "--name", " ", *NUMBER, "--generate"], "may not be empty"),
        (
            ["user", "add", "binh", "--name", "Bình", "--staff-number", "cb.lan", "--generate"],
            "mỗi cán bộ một tài khoản",
        ),
        (["user", "add", "binh", "--name", "Bình", "--staff-number", "?", "--generate"], "Số hiệu cán bộ gồm"),
        (["user", "identify", "lan", "--staff-number", " "], "Số hiệu cán bộ gồm"),
        (["user", "grant", "nobody", "editor"], "no user nobody"),
        (["user", "revoke", "lan", "editor"], "does not hold editor"),
        (["token", "add", "nobody", "x"], "no user nobody"),
    ],
)
async def test_a_slip_is_refused_with_a_sentence(beside: CommandLine, words: list[str], problem: str) -> None:
    """Exit 1, one line, no traceback."""
    await add(beside)

    answer = await beside(*words)

    assert (answer.code, answer.out) == (1, "")
    assert problem in answer.err
    assert answer.err.count("\n") == 1


async def test_a_weak_password_is_refused(langnghe: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rule as on the account page, in its words; the same whoever carries it out."""
    monkeypatch.setattr("sys.stdin", io.StringIO("123456\n"))

    answer = await langnghe("user", "add", "lan", "--name", "Trần Thị Lan", *NUMBER)

    assert answer.code == 1
    assert "ít nhất 12 ký tự" in answer.err
    assert "123456" not in answer.err.replace("12 ", "")


async def test_a_token_is_shown_once(beside: CommandLine) -> None:
    """The secret alone on standard output; the list of users knows nothing of it."""
    await add(beside)

    made = await beside.must("token", "add", "lan", "báo cáo tháng")
    token_id = made.err.split()[1].rstrip(",")
    await beside.must("token", "revoke", token_id)
    mistyped = await beside("token", "revoke", made.out.strip())

    assert mistyped.code == 1
    assert "no token" in mistyped.err
    assert made.out.startswith("ln_")
    assert made.out.count("\n") == 1
    assert made.out.strip() not in made.err
