"""What staff divert at the desk: the person is told where to go, a counter stays, and nothing else (VN-1, VN-2)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from core.cases.decide import Actor
from core.service.desk import Issued
from core.service.diverted import LettingGo
from core.service.erasing import Eraser
from core.service.public.glance import glance_at
from core.storage import call_notes, case_search, cases, conversations, diverted, holdings
from core.storage.call_notes import NoteRow
from core.storage.case_search import Search
from core.storage.cases import CaseRow
from core.storage.tables import diversion, inbox_raw
from gateway.admin.services import auditor_of, letting_go_of, shredder_of
from gateway.workers.crew import Crew
from tests.support.canary import find_in_files, find_in_texts
from tests.support.cuts import CutDatabase
from tests.support.databases import on_both_engines
from tests.support.deployments import World, open_world
from tests.support.letters import Enclosure, answer_mail, received, write_mail
from tests.support.opened import everything_readable
from tests.support.waiting import until

WORD = "zqxcanary8"
SENDER = f"{WORD}@hopthu.example.vn"
LAMP = "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng từ hôm qua."
OTHER = "Cống trước số 3 Hùng Vương, phường Phú Nhuận bị nghẹt từ sáng nay."
CENTRE = Actor("ioc", frozenset({"receptionist", "distributor", "editor"}))


async def write_canary(world: World, *, sender: str = SENDER) -> CaseRow:
    """A report that reads like any other until staff know better, the canary wherever a mail holds something."""
    file = Enclosure(f"Ghi chú {WORD}.".encode(), "text/plain", f"{WORD}.txt")
    text = f"Tôi là {WORD}. {LAMP}"
    await write_mail(world, text, subject=f"Đèn hỏng {WORD}", sender=sender, files=[file])
    return next(one for one in await all_cases(world) if WORD in one.search_text)


async def all_cases(world: World) -> list[CaseRow]:
    """Every case there is."""
    return list(await world.deployment.database.read(partial(case_search.search, wanted=Search())))


async def divert(world: World, case_id: str, *, kind: str = "denunciation") -> None:
    """Staff divert it; nothing is sent or erased yet."""
    answer = await world.deployment.clerk.execute(case_id, "divert", {"kind": kind}, actor=CENTRE)
    assert isinstance(answer, Issued), answer


async def counted(world: World) -> list[tuple[str, str]]:
    """(kind, channel) of every diversion that was counted."""
    query = select(diversion.c.kind, diversion.c.channel)
    return [(row[0], row[1]) for row in await world.deployment.database.read(lambda db: db.execute(query).all())]


async def check_nothing_left(world: World, folder: Path) -> None:
    """The canary is nowhere: sealed columns, files, raw bodies, search words; and the archive still proves itself."""
    assert find_in_texts(await everything_readable(world), [WORD]) == []
    assert find_in_files(folder, [WORD]) == []
    assert find_in_texts([one.search_text for one in await all_cases(world)], [WORD]) == []
    audited = await auditor_of(world.deployment).verify()
    assert audited.findings == []
    assert audited.events


def raw_bodies(connection: Connection) -> list[bytes | None]:
    """What the inbox keeps of what came in."""
    return list(connection.scalars(select(inbox_raw.c.body_sealed)))


@pytest.mark.rule("VN-1", "VN-2")
@on_both_engines
async def test_nothing_stays_but_a_counter(world: World, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """No word, no name, no file; the case row stays as a shell that chain and fold still prove."""
    case = await write_canary(world)
    note = f"Biên bản gặp {WORD}.".encode()
    await world.deployment.media.put_file(note, subject_id=case.id, name=f"{WORD}.txt")
    assert len(find_in_texts(await everything_readable(world), [WORD])) >= 6  # the search finds what is there

    await divert(world, case.id)
    await world.settle()
    assert await letting_go_of(world.deployment).run_once() == 1

    await check_nothing_left(world, tmp_path)
    written = capfd.readouterr()
    assert find_in_texts([written.out, written.err], [WORD]) == []
    assert await world.deployment.database.read(raw_bodies) == [None]
    assert await world.deployment.database.read(holdings.contacts_kept) == []
    shell = await world.deployment.database.read(partial(cases.load, case_id=case.id))
    assert (shell.stage, shell.search_text) == ("diverted", "")
    assert await counted(world) == [("denunciation", "email")]
    assert "tiếp công dân" in received(world)[-1]
    look = partial(glance_at, code=case.code, regulation=world.deployment.regulation)
    seen = await world.deployment.database.read(look)
    assert seen is not None
    assert seen.stage == "Đã hướng dẫn gửi đúng nơi tiếp nhận"  # whoever has the code, on a page too, still sees it


@pytest.mark.rule("VN-1")
async def test_the_person_is_told_even_when_all_is_erased_before(world: World, tmp_path: Path) -> None:
    """What tells them where to go lies under a key of its own: a mail provider that is away delays nothing."""
    case = await write_canary(world)
    before = len(received(world))

    await divert(world, case.id)
    await letting_go_of(world.deployment).run_once()
    await world.settle()

    assert len(received(world)) == before + 1
    assert "tiếp công dân" in received(world)[-1]
    await check_nothing_left(world, tmp_path)


@pytest.mark.rule("VN-1", "VN-2")
@on_both_engines
async def test_another_case_of_the_same_person_stays(world: World, tmp_path: Path) -> None:
    """Only the diverted report goes, with what was said about it; the person is still answered on the other."""
    await write_mail(world, OTHER, sender="an@hopthu.example.vn")
    (kept,) = await all_cases(world)
    case = await write_canary(world, sender="an@hopthu.example.vn")
    await divert(world, case.id)
    await world.settle()

    assert await letting_go_of(world.deployment).run_once() == 1

    await check_nothing_left(world, tmp_path)
    readable = await everything_readable(world)
    assert find_in_texts(readable, ["Hùng Vương"])
    before = len(received(world))
    answer = await world.deployment.clerk.execute(
        kept.id, "cancel", {"reason_code": "mistake", "reason": "Gửi nhầm."}, actor=CENTRE
    )
    assert isinstance(answer, Issued), answer
    await world.settle()
    assert len(received(world)) == before + 1


@pytest.mark.rule("VN-1", "VN-2")
async def test_the_other_case_diverted_later_takes_the_person_along(world: World, tmp_path: Path) -> None:
    """Once every case of a person ended so, nothing of the person stays."""
    first = await write_canary(world)
    await write_mail(world, OTHER, sender=SENDER)
    second = next(one for one in await all_cases(world) if one.id != first.id)

    await divert(world, first.id)
    await letting_go_of(world.deployment).run_once()
    assert len(await world.deployment.database.read(holdings.contacts_kept)) == 1
    await divert(world, second.id, kind="complaint")
    await letting_go_of(world.deployment).run_once()
    await world.settle()

    assert await world.deployment.database.read(holdings.contacts_kept) == []
    assert sorted(await counted(world)) == [("complaint", "email"), ("denunciation", "email")]
    await check_nothing_left(world, tmp_path)


@pytest.mark.rule("VN-1")
async def test_what_the_person_adds_goes_along(world: World, tmp_path: Path) -> None:
    """A second message in the same thread is about the same thing."""
    await write_mail(world, OTHER, sender=SENDER.replace(WORD, "an"))
    case = await write_canary(world, sender=SENDER.replace(WORD, "an"))
    await answer_mail(world, f"Bổ sung: người đó là {WORD}.")
    link = NoteRow("c" * 32, (await refs(world, case))["contact_id"], world.clock(), "lan", link="d" * 64)
    await world.deployment.database.write(partial(call_notes.begin, row=link))
    await divert(world, case.id)

    await letting_go_of(world.deployment).run_once()
    await world.settle()

    await check_nothing_left(world, tmp_path)
    assert await world.deployment.database.read(partial(call_notes.by_link, link=link.link)) is None


@pytest.mark.rule("VN-1")
@pytest.mark.parametrize("writes", range(6))
async def test_a_crash_in_between_loses_nothing(world: World, tmp_path: Path, writes: int) -> None:
    """Cut after any write: the next process finds the note and ends it."""
    deployment = world.deployment
    case = await write_canary(world)
    await divert(world, case.id)
    cut = CutDatabase(deployment.database, writes=writes)
    shredder = replace(shredder_of(deployment), database=cut)
    eraser = Eraser(shredder, inbox=deployment.inbox)
    dying = LettingGo(shredder, eraser=eraser, regulation=deployment.regulation)
    assert await dying.run_once() == 0
    assert await deployment.database.read(diverted.due) == [case.id]

    assert await letting_go_of(deployment).run_once() == 1

    assert await deployment.database.read(diverted.due) == []
    await world.settle()
    await check_nothing_left(world, tmp_path)
    assert len(await counted(world)) == 1


@pytest.mark.rule("VN-1")
@on_both_engines
async def test_two_workers_at_once_end_the_same(world: World, tmp_path: Path) -> None:
    """Neither undoes what the other did, and it is counted once."""
    await write_mail(world, OTHER, sender="an@hopthu.example.vn")
    shared = await write_canary(world, sender="an@hopthu.example.vn")
    await divert(world, shared.id)
    await write_mail(world, f"{LAMP} {WORD}", sender=SENDER)
    alone = next(one for one in await all_cases(world) if WORD in one.search_text and one.id != shared.id)
    await divert(world, alone.id)

    workers = [letting_go_of(world.deployment) for _ in range(2)]
    await asyncio.gather(*(one.run_once() for one in workers))
    await workers[0].run_once()

    assert await world.deployment.database.read(diverted.due) == []
    await world.settle()
    await check_nothing_left(world, tmp_path)
    assert len(await counted(world)) == 2


@pytest.mark.rule("VN-1", "VN-2")
@on_both_engines
async def test_in_a_conversation_about_two_things_only_the_diverted_goes(world: World, tmp_path: Path) -> None:
    """One thread, two reports: the words of the other one, and what was written about it, stay."""
    await write_mail(world, OTHER, sender="an@hopthu.example.vn")
    (kept,) = await all_cases(world)
    await answer_mail(world, f"Phản ánh khác. Tôi là {WORD}. {LAMP}")
    case = next(one for one in await all_cases(world) if one.id != kept.id)
    ours, theirs = await refs(world, case), await refs(world, kept)
    assert ours["conversation_id"] == theirs["conversation_id"]
    await divert(world, case.id)
    await world.settle()

    assert await letting_go_of(world.deployment).run_once() == 1

    await check_nothing_left(world, tmp_path)
    messages = await world.deployment.database.read(
        partial(conversations.messages, conversation_id=theirs["conversation_id"])
    )
    assert [one.direction for one in messages] == ["in", "out"]
    assert len(find_in_texts(await everything_readable(world), ["Hùng Vương"])) >= 3  # message, report, case


async def refs(world: World, case: CaseRow) -> dict[str, str]:
    """The one report of a case, as the case refers to it."""
    row = await world.deployment.database.read(partial(cases.load, case_id=case.id))
    (only,) = row.state["reports"]
    return dict(only)


async def write_and_link(world: World) -> tuple[CaseRow, CaseRow]:
    """A report with the canary, and somebody else's that is answered together with it or it with that: (main, own)."""
    await write_mail(world, OTHER, sender="an@hopthu.example.vn")
    (main,) = await all_cases(world)
    joined = await write_canary(world)
    answer = await world.deployment.clerk.execute(main.id, "link_report", {"other_case": joined.id}, actor=CENTRE)
    assert isinstance(answer, Issued), answer
    await world.settle()
    return main, joined


@pytest.mark.rule("VN-1", "VN-2")
async def test_all_whose_reports_were_joined_are_told_and_go(world: World, tmp_path: Path) -> None:
    """What was linked to a case is diverted with it: each report counts, nobody stays."""
    main, _ = await write_and_link(world)
    before = len(received(world))
    await divert(world, main.id, kind="corruption")

    assert await letting_go_of(world.deployment).run_once() == 1
    await world.settle()

    assert len(received(world)) == before + 2
    assert await counted(world) == [("corruption", "email")] * 2
    assert await world.deployment.database.read(holdings.contacts_kept) == []
    assert find_in_texts(await everything_readable(world), ["Hùng Vương"]) == []
    await check_nothing_left(world, tmp_path)


@pytest.mark.rule("VN-1", "VN-2")
async def test_a_joined_report_that_is_diverted_leaves_the_other_alone(world: World, tmp_path: Path) -> None:
    """Only the person whose own report was diverted goes."""
    _, joined = await write_and_link(world)
    await divert(world, joined.id)

    assert await letting_go_of(world.deployment).run_once() == 1
    await world.settle()

    assert len(await world.deployment.database.read(holdings.contacts_kept)) == 1
    assert find_in_texts(await everything_readable(world), ["Hùng Vương"])
    await check_nothing_left(world, tmp_path)


@pytest.mark.rule("VN-1", "LS-1.1b")
async def test_a_question_of_law_sent_elsewhere_is_kept(tmp_path: Path) -> None:
    """The regulation keeps what it does not call a secret: nothing is counted, nothing goes."""
    async with open_world(tmp_path / "var", regulation="lang_son") as world:
        await write_mail(
            world, "Bãi rác ở xã Hoa Đào không ai dọn. Tôi là Nguyễn Văn An, CCCD 020203000001, 0900 000 001."
        )
        await answer_mail(world, "Số 5 Trần Đăng Ninh, xã Hoa Đào")
        (case,) = await all_cases(world)
        await divert(world, case.id, kind="legal_advice")
        await world.settle()

        assert await letting_go_of(world.deployment).run_once() == 0

        assert await counted(world) == []
        assert "giải đáp pháp luật" in received(world)[-1]
        assert find_in_texts(await everything_readable(world), ["Bãi rác"])


async def nothing_due(world: World) -> bool:
    """Whether every diverted case is done with."""
    return not await world.deployment.database.read(diverted.due)


@pytest.mark.rule("VN-1")
async def test_the_worker_does_it_by_itself(world: World, tmp_path: Path) -> None:
    """Without being asked to, within its next rounds."""
    case = await write_canary(world)
    await divert(world, case.id)
    crew = Crew(world.deployment, owner="test")
    await crew.start()
    try:
        await until(lambda: nothing_due(world), "the erasure")
    finally:
        await crew.stop()
    await world.settle()

    await check_nothing_left(world, tmp_path)
