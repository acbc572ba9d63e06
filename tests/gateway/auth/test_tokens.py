"""Programs act with a token of their owner."""

from __future__ import annotations

from core.storage import people
from core.storage.database import Connection
from core.storage.people import token_owner
from gateway.auth.sessions import hash_secret
from gateway.auth.tokens import create_token, revoke_token
from tests.gateway.pages.shell import Site


async def ask(site: Site, secret: str) -> tuple[int, dict[str, object]]:
    """Status and body of a call with a token."""
    async with site.client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}) as response:
        return response.status, await response.json()


async def test_a_token_stands_for_its_owner(site: Site) -> None:
    """With the owner's roles, without a second factor; only its hash is stored."""
    user = await site.add_user(grants=[("officer", "so-xay-dung"), ("admin", "")])
    token = await create_token(site.database, user.id, name="Bảng số liệu", now=site.clock())

    assert await ask(site, token.secret) == (200, {"login": "an.nguyen", "roles": ["admin", "officer"]})
    assert token.secret.startswith("ln_")
    assert token.secret not in repr(token)

    def owner(connection: Connection) -> object:
        return token_owner(connection, hash_secret(token.secret))

    assert await site.database.read(owner) == (token.id, user)


async def test_a_revoked_token_is_refused(site: Site) -> None:
    """At its next request, with a stable code."""
    user = await site.add_user()
    token = await create_token(site.database, user.id, name="x", now=site.clock())
    await revoke_token(site.database, token.id, now=site.clock())

    status, body = await ask(site, token.secret)

    assert status == 401
    assert body["error"] == "not_signed_in"


async def test_a_switched_off_owner_has_no_token(site: Site) -> None:
    """The flag alone is enough."""
    user = await site.add_user()
    token = await create_token(site.database, user.id, name="x", now=site.clock())
    await site.database.write(lambda connection: people.set_active(connection, user.id, False))

    assert (await ask(site, token.secret))[0] == 401


async def test_what_is_no_token_is_refused(site: Site) -> None:
    """Also with a signed-in browser's cookie beside it: a wrong token is no reason to look further."""
    await site.add_user()
    await site.enrol()

    for secret in ("", "ln_wrong", "đ", "Basic"):
        assert (await ask(site, secret))[0] == 401


async def test_a_token_has_no_account_page(site: Site) -> None:
    """Sessions and password belong to the person in the browser."""
    user = await site.add_user()
    token = await create_token(site.database, user.id, name="x", now=site.clock())

    bearer = {"Authorization": f"Bearer {token.secret}"}
    status, text = await site.page("/console/tai-khoan", headers=bearer)

    assert status == 403
    assert "không có quyền" in text
