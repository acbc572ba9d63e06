"""Conversations: a person reads, answers on the citizen's own channel, takes over, hands back."""

from __future__ import annotations

from functools import partial

from core.contract.schema import Echo
from core.service.actors import Member
from core.service.work import Work
from core.storage import conversations, people, staff_lists
from tests.gateway.api.staffing import agency, centre, hire, report
from tests.gateway.console.office import Answer, Office
from tests.support.databases import on_both_engines
from tests.support.letters import received, write_mail

ANSWER = "Chào anh, anh cho biết số điện thoại giúp em."


async def waiting(office: Office) -> tuple[Member, str]:
    """Somebody of the centre, and the address of a conversation in which a person was asked for."""
    ioc = await centre(office.world)
    await write_mail(office.world, "Tôi muốn gặp nhân viên.", subject="Hỏi")
    (row,) = await office.world.deployment.database.read(staff_lists.attended)
    return ioc, f"/console/hoi-thoai/{row.id}"


async def test_a_conversation_that_asks_for_a_person_is_listed(office: Office) -> None:
    """Masked, on the first page and in its own list."""
    ioc, base = await waiting(office)
    async with office.desk(ioc) as desk:
        pages = [await desk.get("/console"), await desk.get("/console/hoi-thoai"), await desk.get(base)]

    assert all(base in page.text for page in pages[:2])
    assert all("N*** V** A*" in page.text and "Nguyễn Văn An" not in page.text for page in pages)
    assert "Tôi muốn gặp nhân viên." in pages[2].text
    assert "Chờ người trả lời" in pages[2].text


@on_both_engines
async def test_an_answer_goes_out_on_the_channel_and_names_its_author(office: Office) -> None:
    """In the citizen's own thread; from then on a person has the conversation."""
    ioc, base = await waiting(office)
    async with office.desk(ioc) as desk:
        done = await desk.send(base, f"{base}/tra-loi", text=ANSWER)
        await office.world.settle()
        page = await desk.get(done.location)

    assert done.location == f"{base}?xong=tra-loi"
    assert ANSWER in received(office.world)[-1]
    assert "Đã gửi trả lời." in page.text
    assert f"{ANSWER}</p>" in page.text
    assert "Trần Thị Bình</strong>" in page.text
    assert "Cán bộ đang trả lời" in page.text


async def test_what_was_answered_past_us_is_not_laid_at_the_dialogues_door(office: Office) -> None:
    """A person typed it in the provider's own inbox; who it was the provider does not say."""
    ioc, base = await waiting(office)
    clerk, work = office.world.deployment.clerk, Work()
    to = (await clerk.talks.load(work, base.rpartition("/")[2])).correspondent.address
    echo = Echo(
        channel=to.channel,
        account=to.account,
        provider_message_id="e1",
        recipient=to,
        by="person",
        text=ANSWER,
        at=office.world.clock(),
    )
    assert await office.world.deployment.intake.echoes.note(work, echo, raw_id=None)
    await clerk.finish(work)
    async with office.desk(ioc) as desk:
        page = await desk.get(base)

    assert f"{ANSWER}</p>" in page.text
    assert "Người trực hộp thư của kênh</strong>" in page.text
    assert "Cán bộ đang trả lời" in page.text


@on_both_engines
async def test_the_same_form_twice_is_one_answer(office: Office) -> None:
    """A double click, or a reload that sends again."""
    ioc, base = await waiting(office)
    async with office.desk(ioc) as desk:
        shown = await desk.get(base)
        twice = [await desk.submit(shown, f"{base}/tra-loi", text=ANSWER) for _ in range(2)]
        page = await desk.get(base)
    await office.world.settle()

    assert [one.status for one in twice] == [303, 303]
    assert page.text.count(f"{ANSWER}</p>") == 1
    assert sum(ANSWER in text for text in received(office.world)) == 1


async def test_an_empty_or_endless_answer_is_not_sent(office: Office) -> None:
    """422, with what was typed."""
    ioc, base = await waiting(office)
    async with office.desk(ioc) as desk:
        empty = await desk.send(base, f"{base}/tra-loi", text="  \n ")
        endless = await desk.send(base, f"{base}/tra-loi", text="dài " * 2001)

    assert (empty.status, endless.status) == (422, 422)
    assert "Vui lòng nhập nội dung trả lời." in empty.text
    assert "dài dài dài" in endless.text
    assert len(received(office.world)) == 1


async def test_take_over_and_hand_back(office: Office) -> None:
    """A person takes it; handed back, nobody is waited for."""
    ioc, base = await waiting(office)
    async with office.desk(ioc) as desk:
        await desk.send(base, f"{base}/tiep-nhan")
        taken = await desk.get(base)
        await desk.send(base, f"{base}/tra-ve")
        listed = await desk.get("/console/hoi-thoai")

    assert "Cán bộ đang trả lời" in taken.text
    assert f"{base}/tiep-nhan" not in taken.forms()
    assert base not in listed.text


async def test_somebody_who_was_erased_cannot_be_written_to(office: Office) -> None:
    """409 with the reason, and the text is still there."""
    from core.privacy.erasure import ErasureMode
    from gateway.admin.services import eraser_of

    ioc, base = await waiting(office)
    async with office.desk(ioc) as desk:
        shown = await desk.get(base)
        (row,) = await office.world.deployment.database.read(staff_lists.attended)
        await eraser_of(office.world.deployment).erase_contact(row.contact_id, ErasureMode.ERASE)
        refused = await desk.submit(shown, f"{base}/tra-loi", text=ANSWER)

    assert refused.status == 409
    assert "thông tin liên hệ của hội thoại này đã được xóa" in refused.text
    assert f"{ANSWER}</textarea>" in refused.text


async def test_the_open_page_hears_of_new_messages_and_stops_asking_in_time(office: Office) -> None:
    """204 while nothing changed, the messages once something did, 286 after twenty minutes."""
    world = office.world
    ioc, base = await waiting(office)
    async with office.desk(ioc) as desk:
        asking = _asking(await desk.get(base))
        unchanged = await desk.get(asking)
        await desk.send(base, f"{base}/tra-loi", text=ANSWER)
        changed = await desk.get(asking)
        world.clock.advance(minutes=21)
        over = await desk.get(_asking(changed))

    assert unchanged.status == 204
    assert changed.status == 200
    assert f"{ANSWER}</p>" in changed.text
    assert "<html" not in changed.text
    assert over.status == 286
    assert "hx-get" not in over.text


def _asking(page: Answer) -> str:
    return page.text.partition('id="tin-nhan" hx-get="')[2].partition('"')[0].replace("&amp;", "&")


async def test_who_it_is_appears_on_request_and_is_noted(office: Office) -> None:
    """The centre may look; an administrator may not; an agency does not get in at all."""
    ioc, base = await waiting(office)
    admin, lights = await hire(office.world, "Phạm Thị Dung", ("admin", "")), await agency(office.world)
    async with office.desk(ioc) as desk:
        clear = await desk.send(base, f"{base}/xem")
    async with office.desk(admin) as desk:
        refused = await desk.send(base, f"{base}/xem")
    async with office.desk(lights) as desk:
        closed = await desk.get(base)

    assert "Nguyễn Văn An" in clear.text
    assert "an@hopthu.example.vn" in clear.text
    assert refused.status == 403
    assert "Nguyễn Văn An" not in refused.text
    assert closed.status == 403
    noted = await office.world.deployment.database.read(partial(people.accesses, ref=base.rpartition("/")[2]))
    assert [(user, what) for _, user, what in noted] == [(ioc.id, "conversation")]


async def test_a_conversation_leads_to_its_case_and_back(office: Office) -> None:
    """By the code of the report."""
    ioc, case_id = await centre(office.world), await report(office.world)
    async with office.desk(ioc) as desk:
        case = await desk.get(f"/console/ho-so/{case_id}")
        talk = case.text.partition('href="/console/hoi-thoai/')[2].partition('"')[0]
        page = await desk.get(f"/console/hoi-thoai/{talk}")

    assert f'href="/console/ho-so/{case_id}"' in page.text


async def test_two_who_answer_at_once_are_told_of_each_other(office: Office) -> None:
    """Whoever comes second keeps their text, sees who has it, and takes it over on purpose."""
    first, base = await waiting(office)
    second = await hire(office.world, "Lê Thị Hoa", ("receptionist", ""))
    async with office.desk(first) as one, office.desk(second) as two:
        open_before = await two.get(base)
        await one.send(base, f"{base}/tiep-nhan")
        refused = await two.submit(open_before, f"{base}/tra-loi", text=ANSWER)
        late = await two.submit(open_before, f"{base}/tiep-nhan")
        done = await two.submit(refused, f"{base}/tra-loi", text=ANSWER)
        seen_by_first = await one.get(base)

    assert (refused.status, late.status, done.status) == (409, 409, 303)
    assert "Trần Thị Bình đang trả lời hội thoại này." in refused.text
    assert f"{ANSWER}</textarea>" in refused.text
    assert "Nhận thay và gửi" in refused.text
    assert "Lê Thị Hoa đang trả lời hội thoại này." in seen_by_first.text


@on_both_engines
async def test_a_question_is_closed_in_one_click_and_no_case_comes_of_it(office: Office) -> None:
    """What the dialogue had gathered is dropped; the next word begins anew; the list is empty."""
    ioc, base = await waiting(office)
    async with office.desk(ioc) as desk:
        closed = await desk.send(base, f"{base}/dong")
        home = await desk.get(closed.location)
        listed = await desk.get("/console/hoi-thoai")
    row = await office.world.deployment.database.read(
        partial(conversations.load, conversation_id=base.rpartition("/")[2])
    )
    await office.world.pass_time(minutes=60 * 24 * 4)

    assert "không lập hồ sơ" in home.text
    assert base not in listed.text
    assert row.answered_at is not None
    assert (row.mode, row.attendant, row.unread) == ("bot", "", 0)
    assert len(received(office.world)) == 1
