"""The link in a letter that opens one question about one report, once, without code and PIN."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable

import pytest
from aiohttp import web

from channels.own import Submission
from core.cases.model import Case
from core.service.public import PublicDesk
from core.storage import cases, reports
from core.storage.cases import CaseRow
from core.storage.database import Connection
from gateway.portal.shared import accept
from tests.gateway.flows.office import LAMP, issue, only_case, state_of
from tests.gateway.portal.citizen import CONTENT, Citizen, File, Shown, photo
from tests.support.databases import on_both_engines
from tests.support.letters import received, write_mail

MAIL = "cong.dan@example.vn"
NOTE = "Nắp cống ở phía nào của cổng trường ạ?"
LINK = re.compile(r"https?://[^/\s]+(/bo-sung/\S+)")


async def case_of(citizen: Citizen, code: str) -> Case:
    """The case of a report as it is stored."""

    def read(connection: Connection) -> CaseRow:
        return cases.load(connection, reports.by_code(connection, code).case_id)

    return Case.model_validate((await citizen.deployment.database.read(read)).state)


async def asked(citizen: Citizen) -> tuple[str, str]:
    """The code of a report, and the path of the link that its reporter got by mail."""
    code, _ = await citizen.reported(email=MAIL, consent="1")
    code = code.replace(" ", "")
    case = await case_of(citizen, code)
    await issue(citizen.world, case.id, "request_supplement", fields=["time"], note=NOTE)
    return code, link_of(citizen)


def link_of(citizen: Citizen) -> str:
    """The path in the last letter."""
    found = LINK.search(received(citizen.world)[-1])
    assert found, received(citizen.world)[-1]
    return found[1]


async def conversation(citizen: Citizen, code: str) -> list[str]:
    """What was said about a report, as its reporter reads it."""
    shown = await (await desk_of(citizen)).follow(code)
    assert shown is not None
    return [line.text for line in shown.lines]


async def desk_of(citizen: Citizen) -> PublicDesk:
    """Where a reporter reads."""
    here = citizen.deployment
    return await PublicDesk.open(here.database, safe=here.safe, regulation=here.regulation, now=citizen.world.clock)


async def answer(citizen: Citizen, page: Shown, path: str, text: str, files: list[File] | None = None) -> Shown:
    """The form of the page, sent to where it came from."""
    form = page.form("")
    form.action = path
    return await citizen.send(form, files, text=text)


async def in_one_moment(monkeypatch: pytest.MonkeyPatch, *answers: Awaitable[Shown]) -> list[Shown]:
    """None is stored before all have found the link unused."""
    together = asyncio.Barrier(len(answers))

    async def wait_and_accept(request: web.Request, submission: Submission) -> None:
        await together.wait()
        await accept(request, submission)

    with monkeypatch.context() as here:
        here.setattr("gateway.portal.supplement.accept", wait_and_accept)
        return await asyncio.gather(*answers)


@pytest.mark.rule("A-HUE-3", "LS-7.2b")
@on_both_engines
async def test_the_link_shows_the_question_and_takes_one_answer(citizen: Citizen) -> None:
    """No code, no PIN, nothing of the report; the case goes on, and the link is spent."""
    code, path = await asked(citizen)
    citizen.forget_cookies()

    page = await citizen.see(path)
    assert page.status == 200
    assert "thời gian xảy ra" in page.text
    assert NOTE in page.text
    for private in (code, CONTENT, MAIL, "12 đường Lê Lợi"):
        assert private not in page.html
    sent = await answer(citizen, page, path, "Vỡ từ 6 giờ sáng thứ Hai", [File("anh.jpg", photo())])
    await citizen.world.settle()

    assert "đã được nhận" in sent.text
    case = await case_of(citizen, code)
    assert case.asked_for == ()
    assert case.completeness["time"] == "given"
    assert len(case.media) == 1
    again = await citizen.see(path)
    assert (again.status, again.has_form("")) == (410, False)
    assert "đã được dùng" in again.text
    assert again.headers["Cache-Control"] == "no-store"


@on_both_engines
async def test_two_who_answer_in_one_moment_are_both_heard(citizen: Citizen, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both read that it was received, so both stand in the report; the question is answered once."""
    code, path = await asked(citizen)
    page = await citizen.see(path)
    said = ["Vỡ từ 6 giờ sáng nay", "Nắp cống bên trái cổng trường, vỡ làm đôi"]

    pages = await in_one_moment(monkeypatch, *(answer(citizen, page, path, text) for text in said))
    await citizen.world.settle()

    assert ["đã được nhận" in one.text for one in pages] == [True, True]
    heard = await conversation(citizen, code)
    assert [sum(text in line for line in heard) for text in said] == [1, 1]
    assert (await case_of(citizen, code)).asked_for == ()
    assert (await citizen.see(path)).status == 410


@on_both_engines
async def test_the_same_words_sent_twice_are_one_answer(citizen: Citizen, monkeypatch: pytest.MonkeyPatch) -> None:
    """A double click, and a page that is loaded again: it says what it said, and nothing is there twice."""
    code, path = await asked(citizen)
    page = await citizen.see(path)

    pages = await in_one_moment(monkeypatch, *(answer(citizen, page, path, "Vỡ từ 6 giờ sáng nay") for _ in range(2)))
    await citizen.world.settle()
    pages.append(await answer(citizen, page, path, "Vỡ từ 6 giờ sáng nay"))
    await citizen.world.settle()

    assert ["đã được nhận" in one.text for one in pages] == [True, True, True]
    assert sum("Vỡ từ 6 giờ" in line for line in await conversation(citizen, code)) == 1
    assert sum("bổ sung vào phản ánh" in letter for letter in received(citizen.world)) == 1


@pytest.mark.rule("LS-7.2b")
@pytest.mark.parametrize("change", ["report", "version", "proof", "length"])
async def test_a_link_that_was_never_ours_opens_nothing(citizen: Citizen, change: str) -> None:
    """It says the same whatever is wrong with it."""
    _, path = await asked(citizen)
    report, version, proof = path.rpartition("/")[2].split("-")
    wrong = {
        "report": f"{'0' * 32}-{version}-{proof}",
        "version": f"{report}-{int(version) + 1}-{proof}",
        "proof": f"{report}-{version}-{proof[::-1]}",
        "length": f"{report}-{version}-{proof[:-1]}",
    }[change]

    page = await citizen.see(f"/bo-sung/{wrong}")

    assert page.status == (404 if change == "length" else 410)
    assert NOTE not in page.text


async def test_a_new_question_ends_the_link_of_the_one_before(citizen: Citizen) -> None:
    """And so does an answer that came another way."""
    code, first = await asked(citizen)
    page = await citizen.see(first)
    await answer(citizen, page, first, "Vỡ từ 6 giờ sáng thứ Hai")
    await citizen.world.settle()
    case = await case_of(citizen, code)
    await issue(citizen.world, case.id, "request_supplement", fields=["phone"], note=NOTE)
    second = link_of(citizen)

    assert second != first
    assert (await citizen.see(second)).status == 200
    assert (await citizen.see(first)).status == 410


async def test_without_a_limit_of_the_regulation_it_ends_after_thirty_days(citizen: Citizen) -> None:
    """A product default; then it is as if it never was."""
    _, path = await asked(citizen)

    citizen.world.clock.advance(days=30, seconds=-1)
    assert (await citizen.see(path)).status == 200
    citizen.world.clock.advance(seconds=1)
    gone = await citizen.see(path)

    assert gone.status == 410
    assert "không còn hiệu lực" in gone.text


async def test_the_link_stands_in_no_conversation_that_staff_read(citizen: Citizen) -> None:
    """It is in the letter alone."""
    code, _ = await asked(citizen)
    lines = await conversation(citizen, code)
    assert not any("/bo-sung/" in line for line in lines)
    assert any(NOTE in line for line in lines)


async def test_who_wrote_a_letter_may_answer_on_the_page(citizen: Citizen) -> None:
    """The answer joins the mail conversation, and is confirmed there."""
    await write_mail(citizen.world, LAMP, subject="Đèn hỏng")
    case = await only_case(citizen.world)
    await issue(citizen.world, case.id, "request_supplement", fields=["time"], note=NOTE)
    path = link_of(citizen)

    await answer(citizen, await citizen.see(path), path, "Hỏng từ tối hôm qua")
    await citizen.world.settle()

    assert (await state_of(citizen.world, case.id)).asked_for == ()
    assert "bổ sung vào phản ánh" in received(citizen.world)[-1]


async def test_an_answer_must_say_something(citizen: Citizen) -> None:
    """An empty one spends nothing."""
    _, path = await asked(citizen)
    page = await citizen.see(path)

    empty = await answer(citizen, page, path, "  ")
    long = await answer(citizen, page, path, "a" * 9000)

    assert (empty.status, long.status) == (422, 422)
    assert (await citizen.see(path)).status == 200


async def test_a_file_that_is_refused_costs_none_of_the_others(citizen: Citizen) -> None:
    """What was taken stays in the form: the link opens once, and nobody chooses their photos again."""
    code, path = await asked(citizen)
    files = [File("anh.jpg", photo()), File("chuong-trinh.exe", b"MZ" + bytes(200), "application/octet-stream")]
    refused = await answer(citizen, await citizen.see(path), path, "Vỡ từ sáng thứ Hai", files)
    assert (refused.status, "anh.jpg" in refused.text) == (422, True)

    sent = await answer(citizen, refused, path, "Vỡ từ sáng thứ Hai")
    await citizen.world.settle()

    assert "đã được nhận" in sent.text
    assert len((await case_of(citizen, code)).media) == 1


async def test_what_was_written_meanwhile_stands_on_the_page_that_says_no(citizen: Citizen) -> None:
    """Somebody else of the house was quicker, or the link ended while they wrote."""
    _, path = await asked(citizen)
    first, second = [await citizen.see(path) for _ in range(2)]
    await answer(citizen, first, path, "Vỡ từ 6 giờ sáng")
    late = await answer(citizen, second, path, "Nắp cống bên trái cổng, vỡ làm đôi")

    assert (late.status, "Nắp cống bên trái cổng, vỡ làm đôi" in late.text) == (410, True)


async def test_too_many_openings_are_slowed_down(citizen: Citizen) -> None:
    """Guessing is hopeless anyway; asking costs the database."""
    _, path = await asked(citizen)

    statuses = [(await citizen.see(path)).status for _ in range(32)]

    assert statuses[0] == 200
    assert statuses[-1] == 429
