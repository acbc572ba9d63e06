"""Files of the web form in front of the scanner."""

from __future__ import annotations

from tests.gateway.portal.citizen import CONTENT, PLACE, Citizen, File, Shown
from tests.support.clamd import INFECTED, ask, ask_in_vain, running_clamd
from tests.support.deployments import World


async def attached(citizen: Citizen, data: bytes) -> Shown:
    """What comes of a form with this file."""
    form = (await citizen.see("/phan-anh")).form("/phan-anh")
    return await citizen.send(form, [File("don.pdf", data)], content=CONTENT, place=PLACE)


async def test_an_infected_upload_is_refused_in_words(world: World, citizen: Citizen) -> None:
    """On the form, with what was typed."""
    with running_clamd() as clamd:
        ask(world, clamd)
        page = await attached(citizen, INFECTED)

    assert (page.status, "mã độc" in page.text, CONTENT in page.html) == (422, True, True)


async def test_an_upload_while_the_scanner_is_away_asks_to_come_back(world: World, citizen: Citizen) -> None:
    """503, and nothing that was typed is lost."""
    ask_in_vain(world)
    page = await attached(citizen, b"%PDF-1.7 ")

    assert (page.status, "gửi lại" in page.text, CONTENT in page.html) == (503, True, True)
