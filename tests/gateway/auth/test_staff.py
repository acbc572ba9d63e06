"""What an official may do, and where."""

from __future__ import annotations

import pytest

from gateway.auth import Staff
from tests.gateway.pages.shell import Site

AN = Staff("1", "an.nguyen", "Nguyễn Văn An", (("officer", "so-xay-dung"), ("officer", "ubnd-1"), ("editor", "")))


@pytest.mark.parametrize(
    ("roles", "agency", "allowed"),
    [
        ((), "", True),
        (("officer",), "", True),
        (("officer", "admin"), "so-xay-dung", True),
        (("officer",), "so-y-te", False),
        (("editor",), "so-y-te", False),
        (("admin",), "", False),
    ],
)
@pytest.mark.rule("LS-3.1")
def test_roles_are_held_for_agencies(roles: tuple[str, ...], agency: str, allowed: bool) -> None:
    """A grant of one agency says nothing about another."""
    assert AN.may(*roles, agency_id=agency) is allowed


def test_where_a_role_is_held() -> None:
    """Agencies by role; a role of the whole office has none."""
    assert AN.agencies("officer") == {"so-xay-dung", "ubnd-1"}
    assert AN.agencies("editor") == frozenset()
    assert AN.roles == {"officer", "editor"}


async def test_without_the_role_the_page_says_so(easy_site: Site) -> None:
    """403 in words, for a browser; the menu does not even offer it."""
    await easy_site.add_user(grants=[("officer", "so-xay-dung")])
    await easy_site.give_password()

    status, text = await easy_site.page("/console/quan-tri")

    assert status == 403
    assert "không có quyền" in text
    assert "/console/quan-tri" not in (await easy_site.page("/console/tai-khoan"))[1]


async def test_a_grant_counts_from_the_next_request(easy_site: Site) -> None:
    """And so does its loss."""
    from core.storage import people

    user = await easy_site.add_user()
    await easy_site.give_password()
    assert (await easy_site.page("/console/quan-tri"))[0] == 403

    await easy_site.database.write(lambda connection: people.grant(connection, user.id, role="admin"))
    assert (await easy_site.page("/console/quan-tri"))[0] == 200
    await easy_site.database.write(lambda connection: people.revoke_grant(connection, user.id, role="admin"))
    assert (await easy_site.page("/console/quan-tri"))[0] == 403


async def test_the_account_page_speaks_of_roles_in_the_regulations_words(easy_site: Site) -> None:
    """With the agencies' names, and a long list cut short."""
    regulation = easy_site.shell.regulation
    agencies = [agency.id for agency in regulation.agencies.agencies.values()][:5]
    role = next(name for name, entry in regulation.current.roles.items() if entry.level == "agency")
    await easy_site.add_user(grants=[("admin", ""), *((role, agency) for agency in agencies)])
    await easy_site.give_password()

    _, page = await easy_site.page("/console/tai-khoan")

    assert "Quản trị hệ thống" in page
    assert regulation.current.roles[role].label in page
    assert regulation.agencies.name(sorted(agencies)[0]) in page
    assert "và 2 đơn vị khác" in page
