"""
Erasing a person: afterwards their name is nowhere, and chain and fold still verify (VN-4, VN-15).

The canary is a name that stands in every place a citizen can write: sender, subject, text, file name, file.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest

from channels.email.sandbox_mails import write_reply
from core.cases.decide import Actor
from core.cases.events import CaseJoined, ReportsLinked
from core.cases.events.base import ActorRef
from core.contract.errors import NotFound
from core.privacy.erasure import MARKER, ErasureMode
from core.service.desk import Issued
from core.service.erasing import Eraser
from core.service.work import Work
from core.storage import backup, case_search, cases, erasure, holdings
from core.storage.case_search import Search
from core.storage.cases import CaseRow
from gateway.admin.services import auditor_of, eraser_of, shredder_of
from tests.support.canary import find_in_files, find_in_texts
from tests.support.cuts import CutDatabase, Interrupted
from tests.support.databases import on_both_engines
from tests.support.deployments import MAILBOX, World
from tests.support.letters import received, write_mail
from tests.support.opened import everything_readable

T = TypeVar("T")

CANARY = "Bạch Kỳ Lân"
WORD = "zqxcanary7"
CENTRE = Actor("ioc", frozenset({"receptionist", "distributor", "editor"}))


async def write_everything(world: World) -> None:
    """A mail that holds the canary wherever a mail can hold something."""
    mail = EmailMessage()
    mail["From"], mail["To"] = f"{CANARY} <{WORD}@hopthu.example.vn>", MAILBOX
    mail["Subject"] = f"Đèn hỏng trước nhà {CANARY} {WORD}"
    mail["Message-ID"] = make_msgid(idstring=WORD, domain="hopthu.example.vn")
    mail["Date"] = format_datetime(world.clock())
    mail.set_content(f"Tôi là {CANARY} ({WORD}). Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng từ hôm qua.")
    held = f"Ghi chú của {CANARY}, {WORD}.\n".encode()
    mail.add_attachment(held, maintype="text", subtype="plain", filename=f"{CANARY} {WORD}.txt")
    await world.mail.send(mail.as_bytes(), sender=f"{WORD}@hopthu.example.vn", recipients=[MAILBOX])
    await world.settle()


async def only_case(world: World) -> CaseRow:
    """The one case there is."""
    (found,) = await world.deployment.database.read(partial(case_search.search, wanted=Search()))
    return found


async def issue(world: World, case_id: str, actor: Actor, name: str, **payload: object) -> None:
    """One command that must be allowed."""
    answer = await world.deployment.clerk.execute(case_id, name, payload, actor=actor)
    assert isinstance(answer, Issued), answer
    await world.settle()


async def work_it(world: World, case_id: str, *, answer: str) -> None:
    """From receipt to publication."""
    await issue(world, case_id, CENTRE, "accept")
    agency = next(one.id for one in world.deployment.regulation.agencies.of_kinds(["enterprise"]))
    await issue(world, case_id, CENTRE, "dispatch", agencies=[agency])
    officer, leader = (Actor(role, frozenset({role}), agency) for role in ("officer", "leader"))
    await issue(world, case_id, officer, "accept_dispatch")
    await issue(world, case_id, officer, "submit_result", result=f"Đã thay đèn cho {CANARY}, {WORD}.")
    await issue(world, case_id, leader, "approve")
    await issue(world, case_id, CENTRE, "publish", text=answer, override_reason="Người phản ánh đề nghị nêu tên.")


async def back_up(world: World, folder: Path) -> None:
    """A backup of the archive, as the command makes it."""
    deployment = world.deployment
    media = deployment.settings.data / "media"
    await backup.back_up(deployment.database, folder, vault=deployment.safe.vault, media=media, now=world.clock())


@pytest.mark.rule("VN-4")
async def test_after_an_erasure_the_name_is_nowhere(
    world: World, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not in database, write-ahead log, key store, files, journal, an older backup, a newer one, or the logs."""
    await write_everything(world)
    case = await only_case(world)
    await work_it(world, case.id, answer=f"Đã thay đèn theo phản ánh của {CANARY} {WORD}.")
    note = f"Biên bản gặp {CANARY}, {WORD}.".encode()
    await world.deployment.media.put_file(note, subject_id=case.id, name=f"{WORD}.txt")
    await back_up(world, tmp_path / "backup-before")
    assert len(find_in_texts(await everything_readable(world), [WORD])) >= 8  # the search finds what is there

    done = await eraser_of(world.deployment).erase_reporter(case.code)
    await back_up(world, tmp_path / "backup-after")

    assert (done.cases_emptied, done.cases_redacted, done.waiting) == (1, 0, 0)
    assert find_in_files(tmp_path, [CANARY, WORD]) == []
    assert find_in_texts(await everything_readable(world), [CANARY, WORD]) == []
    written = capfd.readouterr()
    assert find_in_texts([written.out, written.err], [CANARY, WORD]) == []
    audited = await auditor_of(world.deployment).verify()
    assert audited.findings == []
    assert audited.events >= 10


async def test_before_an_erasure_the_search_finds_the_name_on_disk(world: World, tmp_path: Path) -> None:
    """The search of the test above can fail: what is searched by staff stands in clear, in the database alone."""
    await write_everything(world)
    await back_up(world, tmp_path / "backup")

    found = find_in_files(tmp_path, [WORD])

    assert any(place.startswith("var/langnghe.sqlite3") for place in found)
    assert not any(place.startswith("backup") for place in found)


@pytest.mark.rule("VN-4")
@on_both_engines
async def test_what_was_erased_stays_erased(world: World) -> None:
    """A second time does nothing; the case goes on; the same person writing again is somebody new."""
    await write_mail(world, "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng từ hôm qua.")
    case = await only_case(world)
    first = await eraser_of(world.deployment).erase_reporter(case.code)
    sent = len(received(world))

    again = await eraser_of(world.deployment).erase_contact(first.contact_id)
    await issue(world, case.id, CENTRE, "cancel", reason_code="mistake", reason="Người gửi đã được xóa.")
    await write_mail(world, "Cống trước số 3 Hùng Vương, phường Phú Nhuận bị nghẹt từ sáng nay.")

    assert (first.already, again.already) == (False, True)
    assert len(received(world)) == sent + 1  # nothing to the erased, a receipt to the new
    assert (await auditor_of(world.deployment).verify()).findings == []
    contacts = await world.deployment.database.read(holdings.contacts_kept)
    assert len(contacts) == 1
    assert contacts != [first.contact_id]


async def test_an_answer_in_an_erased_thread_begins_a_new_conversation(world: World) -> None:
    """The reply still carries our signed token; nothing of it may be lost, and nothing old comes back."""
    await write_mail(world, "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng từ hôm qua.")
    case = await only_case(world)
    receipt = world.mail.mails[-1]
    await eraser_of(world.deployment).erase_reporter(case.code)

    reply = write_reply(receipt, "Cây đổ chắn ngang trước số 5 Nguyễn Huệ, phường Vĩnh Ninh, sáng nay.")
    await world.mail.send(
        reply.as_bytes(), sender=receipt.recipient, recipients=[str(reply["To"]).split("<")[-1].strip(">")]
    )
    await world.settle()

    found = await world.deployment.database.read(partial(case_search.search, wanted=Search()))
    assert len(found) == 2
    assert {one.stage for one in found} == {"received"}


async def link(world: World, main_id: str, other_id: str) -> None:
    """Answer the reports of one case with another, as `link_report` records it."""
    desk, work, at = world.deployment.clerk.desk, Work(), world.clock()
    main, other = await desk.open(work, main_id), await desk.open(work, other_id)
    by = ActorRef(id="ioc", role="editor")
    main.take([ReportsLinked(kind="reports_linked", at=at, by=by, other_case=other_id, reports=other.now.reports)])
    other.take([CaseJoined(kind="case_joined", at=at, by=by, main_case=main_id)])
    desk.close(work)
    await world.deployment.clerk.committer.commit(work)


@on_both_engines
async def test_a_case_shared_with_others_is_redacted(world: World, tmp_path: Path) -> None:
    """The other reporter keeps their answer; only the erased name is gone, everywhere."""
    await write_everything(world)
    shared = await only_case(world)
    await write_mail(world, "Đèn đường ở số 12 Lê Lợi, phường Vĩnh Ninh vẫn hỏng.", sender="binh@hopthu.example.vn")
    found = await world.deployment.database.read(partial(case_search.search, wanted=Search()))
    other = next(one for one in found if one.id != shared.id)
    await link(world, shared.id, other.id)
    minutes = await world.deployment.media.put_file("Biên bản.".encode(), subject_id=shared.id, name="bien-ban.txt")
    await back_up(world, tmp_path / "backup-before")

    done = await eraser_of(world.deployment).erase_reporter(shared.code)
    await work_it(world, shared.id, answer="Đã thay bóng đèn.")

    assert (done.cases_emptied, done.cases_redacted) == (0, 1)
    assert "Đã thay bóng đèn." in received(world)[-1]
    assert await world.deployment.media.get(minutes.stored_key) == "Biên bản.".encode()
    readable = await everything_readable(world)
    assert any(MARKER in str(text) for text in readable)
    stays = f"Đã thay đèn cho {CANARY}, {WORD}."  # written by staff after the erasure
    assert find_in_texts([text for text in readable if text != stays], [CANARY]) == []
    assert find_in_files(tmp_path / "backup-before", [CANARY, WORD]) == []
    row = await world.deployment.database.read(partial(cases.load, case_id=shared.id))
    assert find_in_texts([row.search_text], [CANARY]) == []
    assert (await auditor_of(world.deployment).verify()).findings == []


@pytest.mark.rule("VN-15")
async def test_pseudonymising_keeps_the_body_of_the_case(world: World) -> None:
    """Identifiers go, what happened stays."""
    await write_everything(world)
    case = await only_case(world)

    done = await eraser_of(world.deployment).erase_reporter(case.code, ErasureMode.PSEUDONYMISE)

    assert (done.cases_emptied, done.cases_redacted) == (0, 1)
    readable = await everything_readable(world)
    assert find_in_texts(readable, [CANARY]) == []
    assert any("Lê Lợi" in str(text) for text in readable)
    assert (await auditor_of(world.deployment).verify()).findings == []


@pytest.mark.parametrize("writes", [1, 2, 3])
async def test_an_interrupted_erasure_is_finished_later(world: World, tmp_path: Path, writes: int) -> None:
    """Cut after the task is noted, after the case is emptied, after the rows are cleared: `resume` does the rest."""
    deployment = world.deployment
    await write_everything(world)
    case = await only_case(world)
    cut = CutDatabase(deployment.database, writes=writes)
    eraser = Eraser(replace(shredder_of(deployment), database=cut), inbox=deployment.inbox)
    with pytest.raises(Interrupted):
        await eraser.erase_reporter(case.code)
    assert len(await deployment.database.read(erasure.unfinished)) == 1

    assert await eraser_of(deployment).resume() == 1

    assert await deployment.database.read(erasure.unfinished) == []
    assert find_in_texts(await everything_readable(world), [CANARY, WORD]) == []
    assert find_in_files(tmp_path, [CANARY, WORD]) == []
    assert (await auditor_of(deployment).verify()).findings == []


@on_both_engines
async def test_two_at_once_do_not_undo_each_other(world: World) -> None:
    """Two processes, or an impatient operator: both end, and nothing is left."""
    deployment = world.deployment
    await write_everything(world)
    case = await only_case(world)
    await work_it(world, case.id, answer="Đã thay bóng đèn.")

    done = await asyncio.gather(*(eraser_of(deployment).erase_reporter(case.code) for _ in range(3)))

    assert any(not one.already for one in done)
    assert await deployment.database.read(erasure.unfinished) == []
    assert find_in_texts(await everything_readable(world), [CANARY, WORD]) == []
    assert (await auditor_of(deployment).verify()).findings == []


async def test_a_code_that_is_nobodys_is_told(world: World) -> None:
    """A slip erases nobody."""
    with pytest.raises(NotFound):
        await eraser_of(world.deployment).erase_reporter("00000000")
    with pytest.raises(NotFound):
        await eraser_of(world.deployment).erase_contact("0" * 32)
