"""Guessing is slow: growing waits per account and per network."""

from __future__ import annotations

import asyncio

from core.storage.database import Database
from gateway.auth.limits import NETWORK
from tests.gateway.pages.shell import PASSWORD, Site, open_site
from tests.support.databases import on_both_engines

BAD = "mat khau khong dung"
WAIT = "Quý vị đã nhập sai nhiều lần."


async def test_after_five_wrong_passwords_even_the_right_one_waits(site: Site) -> None:
    """Fifteen seconds at first; the answer says how long."""
    await site.add_user()
    for _ in range(5):
        assert (await site.give_password(password=BAD)).status == 422

    refused = await site.give_password()

    assert refused.status == 429
    assert WAIT in refused.text
    assert "15 giây" in refused.text
    site.clock.pass_by(seconds=15)
    assert (await site.give_password()).status == 303


async def test_waits_double(site: Site) -> None:
    """The sixth wrong one costs thirty seconds; what is tried meanwhile is not counted."""
    await site.add_user()
    for _ in range(5):
        await site.give_password(password=BAD)
    for _ in range(3):
        assert (await site.give_password(password=BAD)).status == 429
    site.clock.pass_by(seconds=15)
    assert (await site.give_password(password=BAD)).status == 422

    site.clock.pass_by(seconds=29)
    assert (await site.give_password()).status == 429
    site.clock.pass_by(seconds=1)
    assert (await site.give_password()).status == 303


async def test_unknown_accounts_wait_as_long(site: Site) -> None:
    """Otherwise the wait would tell which log-in names exist."""
    for _ in range(5):
        await site.give_password("khong.co", BAD)

    assert (await site.give_password("khong.co", BAD)).status == 429


async def test_another_account_does_not_wait(site: Site) -> None:
    """Typing nonsense in a colleague's name locks nobody else."""
    await site.add_user()
    for _ in range(6):
        await site.give_password("binh.tran", BAD)

    assert (await site.give_password()).status == 303


async def test_a_right_password_forgives(site: Site) -> None:
    """Four slips, a success, four slips: no wait."""
    await site.add_user()
    for _ in range(2):
        for _ in range(4):
            assert (await site.give_password(password=BAD)).status == 422
        assert (await site.give_password()).status == 303
        site.forget_cookies()


@on_both_engines
async def test_tries_at_the_same_time_are_counted_one_by_one(site: Site) -> None:
    """Twenty guesses at once are twenty guesses, not one."""
    await site.add_user()
    token = await site.token()

    tries = [
        site.post("/console/dang-nhap", token=token, login="an.nguyen", password=f"{BAD} {number}")
        for number in range(20)
    ]
    statuses = [answer.status for answer in await asyncio.gather(*tries)]

    assert statuses.count(422) == 5
    assert statuses.count(429) == 15


async def test_a_network_that_tries_many_names_waits(database: Database) -> None:
    """One wrong password for each of many accounts; another network is free."""
    async with open_site(database, http={"trusted_proxies": "127.0.0.1"}) as site:
        await site.add_user()
        token = await site.token()
        for number in range(NETWORK.free + 1):
            assert await _try(site, token, f"nguoi.{number}", BAD, network="203.0.113.7") == 422

        assert await _try(site, token, "an.nguyen", PASSWORD, network="203.0.113.200") == 429
        assert await _try(site, token, "an.nguyen", PASSWORD, network="198.51.100.7") == 303


async def test_one_time_codes_cannot_be_guessed(site: Site) -> None:
    """The second factor has its own limit, which a new password step does not clear."""
    await site.add_user()
    await site.enrol()
    site.clock.pass_by(minutes=1)
    site.forget_cookies()
    await site.give_password()
    for _ in range(5):
        assert (await site.post("/console/xac-thuc", code="000000")).status == 422
    site.forget_cookies()
    await site.give_password()
    site.clock.pass_by(seconds=5)

    refused = await site.give_code()

    assert refused.status == 429
    assert WAIT in refused.text
    site.clock.pass_by(minutes=1)
    assert (await site.give_code()).status == 303


async def _try(site: Site, token: str, login: str, password: str, *, network: str) -> int:
    """Status of one try through the proxy."""
    form = {"csrf": token, "login": login, "password": password}
    async with site.client.post(
        "/console/dang-nhap", data=form, headers={"X-Forwarded-For": network}, allow_redirects=False
    ) as response:
        return response.status
