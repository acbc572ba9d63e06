"""Tokens of providers: sealed, one renewer at a time, and requests to connect that work once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from core.contract.ports import TokenLease, TokenStore
from core.service.provider_tokens import GRANT_LASTS, GrantRefused, Grants, SealedTokens
from core.service.safe import Safe
from core.storage.database import Database
from core.storage.tables import grant_request, provider_token
from tests.core.privacy.stores import MemoryKeyStore, ring
from tests.support.databases import ENGINES, on_both_engines
from tests.support.deployments import MovingClock
from tests.support.tokens import MemoryTokens

ACCOUNT = "3880000000000000004"
IN_A_DAY = timedelta(hours=25)


@pytest.fixture
def clock() -> MovingClock:
    """Time under the test's control."""
    return MovingClock()


@pytest.fixture
def safe() -> Safe:
    """Keys of this test's own."""
    return Safe.open(MemoryKeyStore(), ring())


@pytest.fixture
def tokens(request: pytest.FixtureRequest, database: Database, safe: Safe, clock: MovingClock) -> TokenStore:
    """The store of one channel, or the double that channels are tested with."""
    if request.node.callspec.params.get("database_url") == "memory":
        return MemoryTokens(clock)
    return SealedTokens(database, safe=safe, channel="zalo", now=clock)


everywhere = pytest.mark.parametrize("database_url", [*ENGINES, "memory"], indirect=True)


async def connected(tokens: TokenStore, clock: MovingClock, name: str = "first") -> int:
    """A pair is in force; its generation."""
    pair = await tokens.connect(ACCOUNT, access=f"{name}-access", refresh=f"{name}-refresh", expires=clock() + IN_A_DAY)
    return pair.generation


async def leased(tokens: TokenStore, generation: int) -> TokenLease:
    """The lease, which nobody else has."""
    lease = await tokens.lease(ACCOUNT, generation=generation, seconds=60)
    assert lease is not None
    return lease


@everywhere
async def test_a_pair_is_kept_and_comes_back(tokens: TokenStore, clock: MovingClock) -> None:
    """With its generation and its end; an account nobody connected has none."""
    await connected(tokens, clock)
    pair = await tokens.current(ACCOUNT)

    assert pair is not None
    assert (pair.access, pair.refresh, pair.generation) == ("first-access", "first-refresh", 1)
    assert (pair.expires, pair.refreshed_at, pair.needs_reauth) == (clock() + IN_A_DAY, clock(), False)
    assert await tokens.current("another") is None


@on_both_engines
async def test_tokens_lie_sealed_and_show_themselves_to_nobody(
    tokens: TokenStore, database: Database, clock: MovingClock
) -> None:
    """Neither in the row nor in what a log would print."""
    await connected(tokens, clock)

    def row(connection: Connection) -> bytes:
        return bytes(connection.execute(select(provider_token.c.pair_sealed)).scalar_one())

    stored = await database.read(row)
    assert b"first" not in stored
    assert "first" not in repr(await tokens.current(ACCOUNT))


@everywhere
async def test_of_many_only_one_may_renew(tokens: TokenStore, clock: MovingClock) -> None:
    """All at once, they get one lease between them; after the new pair there is nothing left to renew."""
    generation = await connected(tokens, clock)
    asked = await asyncio.gather(*(tokens.lease(ACCOUNT, generation=generation, seconds=60) for _ in range(8)))
    [lease] = [one for one in asked if one is not None]
    pair = await tokens.renewed(lease, access="second-access", refresh="second-refresh", expires=clock() + IN_A_DAY)

    assert pair == await tokens.current(ACCOUNT)
    assert pair is not None
    assert (pair.access, pair.generation) == ("second-access", 2)
    assert await tokens.lease(ACCOUNT, generation=generation, seconds=60) is None
    assert not (await leased(tokens, pair.generation)).interrupted


@everywhere
async def test_whoever_died_while_renewing_leaves_a_warning(tokens: TokenStore, clock: MovingClock) -> None:
    """His lease runs out, and the next one hears that the refresh token may be used up."""
    generation = await connected(tokens, clock)
    first = await leased(tokens, generation)
    clock.advance(seconds=61)
    second = await leased(tokens, generation)

    assert (first.interrupted, second.interrupted) == (False, True)


@everywhere
@pytest.mark.parametrize("unsettled", [False, True])
async def test_a_lease_is_given_back_with_what_is_known(
    tokens: TokenStore, clock: MovingClock, *, unsettled: bool
) -> None:
    """Nothing left us, or nobody knows: the next one is told."""
    generation = await connected(tokens, clock)
    await tokens.release(await leased(tokens, generation), unsettled=unsettled)

    assert (await leased(tokens, generation)).interrupted is unsettled


@everywhere
async def test_a_clock_that_was_set_back_locks_nobody_out(tokens: TokenStore, clock: MovingClock) -> None:
    """A lease that ends later than any can is none."""
    generation = await connected(tokens, clock)
    clock.advance(hours=3)
    await leased(tokens, generation)
    clock.advance(hours=-3)

    assert (await leased(tokens, generation)).interrupted


@everywhere
async def test_a_pair_nobody_takes_waits_for_a_person(tokens: TokenStore, clock: MovingClock) -> None:
    """Nobody tries again, until somebody connects anew: then all is as at the beginning."""
    generation = await connected(tokens, clock)
    await tokens.release(await leased(tokens, generation), needs_reauth=True)
    broken = await tokens.current(ACCOUNT)
    nothing = await tokens.lease(ACCOUNT, generation=generation, seconds=60)
    again = await connected(tokens, clock, "again")
    whole = await tokens.current(ACCOUNT)

    assert broken is not None
    assert whole is not None
    assert (broken.needs_reauth, nothing, again) == (True, None, 2)
    assert (whole.needs_reauth, whole.access) == (False, "again-access")


@everywhere
async def test_what_a_person_was_granted_goes_before_what_was_on_its_way(
    tokens: TokenStore, clock: MovingClock
) -> None:
    """A slow renewal neither overwrites the new pair nor marks it as broken."""
    slow = await leased(tokens, await connected(tokens, clock))
    await connected(tokens, clock, "granted")
    stands = await tokens.renewed(slow, access="late-access", refresh="late-refresh", expires=clock() + IN_A_DAY)
    await tokens.release(slow, needs_reauth=True)
    whole = await tokens.current(ACCOUNT)

    assert stands is not None
    assert whole is not None
    assert (stands.access, whole.access, whole.needs_reauth) == ("granted-access", "granted-access", False)


@everywhere
async def test_a_pair_that_comes_late_heals_what_was_given_up(tokens: TokenStore, clock: MovingClock) -> None:
    """One process was slow, the next found the refresh token used: the slow one had the new pair."""
    slow = await leased(tokens, await connected(tokens, clock))
    clock.advance(seconds=61)
    await tokens.release(await leased(tokens, slow.generation), needs_reauth=True)
    stands = await tokens.renewed(slow, access="late-access", refresh="late-refresh", expires=clock() + IN_A_DAY)

    assert stands is not None
    assert stands == await tokens.current(ACCOUNT)
    assert (stands.access, stands.generation, stands.needs_reauth) == ("late-access", 2, False)


@on_both_engines
async def test_a_request_works_once_for_whoever_began_it(database: Database, safe: Safe, clock: MovingClock) -> None:
    """The verifier comes back once; the state itself is not stored."""
    grants = Grants(database, safe=safe, now=clock)
    state, verifier = await grants.begin("zalo", user_id="u1")
    stored = await database.read(lambda connection: connection.execute(select(grant_request)).one())

    assert (len(verifier), verifier.isalnum(), verifier.isascii()) == (43, True, True)
    assert state not in str(stored)
    assert verifier not in str(stored)
    assert await grants.end("zalo", state=state, user_id="u1") == verifier
    with pytest.raises(GrantRefused):
        await grants.end("zalo", state=state, user_id="u1")


@pytest.mark.parametrize(("channel", "user_id", "late"), [("zalo", "u2", 0), ("other", "u1", 0), ("zalo", "u1", 601)])
async def test_a_request_of_somebody_else_or_too_late(
    database: Database, safe: Safe, clock: MovingClock, channel: str, user_id: str, late: int
) -> None:
    """Refused, and used up all the same."""
    grants = Grants(database, safe=safe, now=clock)
    state, _ = await grants.begin("zalo", user_id="u1")
    clock.advance(seconds=late)
    for given in ((channel, user_id), ("zalo", "u1")):
        with pytest.raises(GrantRefused):
            await grants.end(given[0], state=state, user_id=given[1])


async def test_requests_nobody_ended_go_away(database: Database, safe: Safe, clock: MovingClock) -> None:
    """With the next one that is begun."""
    grants = Grants(database, safe=safe, now=clock)
    await grants.begin("zalo", user_id="u1")
    clock.at += GRANT_LASTS
    await grants.begin("zalo", user_id="u1")

    assert len(await database.read(lambda connection: connection.execute(select(grant_request)).all())) == 1
