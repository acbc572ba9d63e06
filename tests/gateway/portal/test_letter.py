"""The answer on paper, for the reporter who opened their report with code and PIN, and for nobody else."""

from __future__ import annotations

import pytest

from tests.core.letters.samples import letters_of, pages_of
from tests.gateway.portal.citizen import Citizen
from tests.gateway.portal.test_follow import ANSWER, issue, work_through

LETTER = "/tra-cuu/phan-anh/van-ban.pdf"
NAME = "Đỗ Thị Kỳ Duyên"


async def fetch(citizen: Citizen) -> tuple[int, str, bytes]:
    """(status, content type, bytes), redirects not taken."""
    async with citizen.client.get(LETTER, allow_redirects=False) as response:
        return response.status, response.content_type, await response.read()


@pytest.mark.rule("TG-9.1a", "TG-P2", "QB-IV.3", "QB-IV.1.4a.1")
async def test_the_reporter_has_the_letter_once_there_is_an_answer(citizen: Citizen) -> None:
    """Behind code and PIN, under their own name; before the answer there is nothing to have."""
    code, pin = await citizen.reported(name=NAME, phone="0900 000 001", consent="1")
    citizen.forget_cookies()
    assert (await fetch(citizen))[0] in (302, 303)
    page = await citizen.open(code, pin)
    assert LETTER not in page.html
    assert (await fetch(citizen))[0] == 404

    await work_through(citizen.world)
    page = await citizen.see("/tra-cuu/phan-anh")
    assert ANSWER in page.text
    assert LETTER in page.html
    status, kind, pdf = await fetch(citizen)
    assert (status, kind, pages_of(pdf)) == (200, "application/pdf", 1)
    assert set(NAME.replace(" ", "")) <= set(letters_of(pdf))

    citizen.forget_cookies()
    assert (await fetch(citizen))[0] in (302, 303)


@pytest.mark.rule("TG-9.1b", "QB-IV.1.4a.2", "TG-5.4")
async def test_a_confidential_reporter_has_it_too_and_the_public_has_nothing(citizen: Citizen) -> None:
    code, pin = await citizen.reported(name=NAME, phone="0900 000 001", consent="1")
    await issue(citizen.world, "set_confidential", confidential=True)
    await work_through(citizen.world, "reply_privately", text=ANSWER)
    await citizen.open(code, pin)

    assert (await fetch(citizen))[0] == 200
    citizen.forget_cookies()
    listed = await citizen.see("/cong-khai")
    assert ANSWER not in listed.text
    assert NAME not in listed.text


@pytest.mark.rule("TG-9.1c", "QB-IV.1.4a.3", "VN-3")
async def test_a_withheld_result_has_no_letter(citizen: Citizen) -> None:
    """Nor one of a case that somebody suspects to hold a secret, even if it was answered before."""
    code, pin = await citizen.reported()
    await work_through(citizen.world)
    await citizen.open(code, pin)
    assert (await fetch(citizen))[0] == 200
    await issue(citizen.world, "flag_secret")
    assert (await fetch(citizen))[0] == 404


async def test_drawing_has_a_limit_for_each_household(citizen: Citizen) -> None:
    """A page that draws again and again is told to wait."""
    code, pin = await citizen.reported()
    await work_through(citizen.world)
    await citizen.open(code, pin)
    seen = [(await fetch(citizen))[0] for _ in range(31)]

    assert seen == [200] * 30 + [429]
