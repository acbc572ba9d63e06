"""No page without a sign-in, no act without the token of the page it came from."""

from __future__ import annotations

import re

from tests.gateway.api.staffing import centre, hire, report
from tests.gateway.console.office import Office

SIGN_IN = ("/console/dang-nhap", "/console/xac-thuc", "/console/dang-xuat")
_EXAMPLES = {
    "key": "0" * 64,
    "how": "",
    "command": "accept",
    "letter": "result",
    "kind": "pdf",
    "slot": "greeting",
    "shelf": "letter",
    "name": "case_accepted",
    "category": "moi",
}
"""Parts of addresses that are no ids."""
_PART = re.compile(r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")


def addresses(office: Office, method: str) -> list[str]:
    """Every console address of one method, ids filled in."""
    found = []
    for route in office.app.router.routes():
        path = route.resource.canonical if route.resource else ""
        if route.method == method and path.startswith("/console") and path not in SIGN_IN:
            for name, example in _EXAMPLES.items():
                path = path.replace(f"{{{name}}}", example)
            found.append(_PART.sub("0" * 32, path))
    return found


async def test_every_page_leads_strangers_to_the_sign_in(office: Office) -> None:
    """Queues, cases, files, accounts: nothing is open."""
    async with office.desk(await centre(office.world)) as desk:
        desk.client.cookie_jar.clear()
        pages = addresses(office, "GET")
        answers = [await desk.get(path) for path in pages]

    assert len(pages) >= 15
    assert {(one.status, one.location.partition("?")[0]) for one in answers} == {(303, "/console/dang-nhap")}


async def test_every_act_needs_the_token_of_a_page_of_ours(office: Office) -> None:
    """A form from elsewhere, sent by a signed-in browser, does nothing."""
    admin = await hire(office.world, "Phạm Thị Dung", ("admin", ""), ("receptionist", ""))
    async with office.desk(admin) as desk:
        acts = addresses(office, "POST")
        bare = [(await desk.post(path)).status for path in acts]
        forged = [(await desk.post(path, {"csrf": "x" * 43})).status for path in acts]

    assert len(acts) >= 18
    assert set(bare) | set(forged) == {403}


async def test_a_refused_form_changes_nothing(office: Office) -> None:
    """Also where everything but the token is right."""
    world = office.world
    ioc, case_id = await centre(world), await report(world)
    page = f"/console/ho-so/{case_id}"
    async with office.desk(ioc) as desk:
        shown = await desk.get(page)
        fields = shown.forms()[f"{page}/accept"]
        refused = await desk.post(f"{page}/accept", {**fields, "csrf": fields["csrf"][::-1]})
        cross = await desk.post(f"{page}/accept", fields, headers={"Sec-Fetch-Site": "cross-site"})
        after = await desk.get(page)

    assert (refused.status, cross.status) == (403, 403)
    assert f"{page}/accept" in after.forms()
