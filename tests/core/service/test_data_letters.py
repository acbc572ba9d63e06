"""What the desk for people's data answers on paper: to whom, in which words, and when there is none (VN-4)."""

from __future__ import annotations

import pytest

from core.contract.errors import NotFound
from core.service.subjects.desk import SubjectDesk
from core.subjects.request import ProvedBy
from core.subjects.rights import Right
from gateway.admin.services import subject_desk_of
from tests.core.service.test_erasing import CANARY, WORD, write_everything
from tests.core.service.test_subject_desk import asked
from tests.gateway.api.staffing import centre
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import write_mail

pytestmark = pytest.mark.rule("VN-4")
MAIL = "Đèn đường trước số 12 Lê Lợi hỏng. Tôi là Nguyễn Văn Am, số 0900 000 001."


def attached(world: World, place: int) -> list[bytes]:
    """The files of a mail of ours; -1: of the last."""
    parts = world.mail.mails[place].read().iter_attachments()
    return [part.get_payload(decode=True) for part in parts]


async def words(desk: SubjectDesk, request_id: str) -> str:
    """The letter as text."""
    return (await desk.letter(request_id)).text


@on_both_engines
async def test_each_answer_goes_by_mail_as_a_letter_and_says_what_was_said(world: World) -> None:
    """Received and by when, more time with its reason, done: the same paper for whoever loads it later."""
    await write_mail(world, MAIL)
    desk, staff = subject_desk_of(world.deployment), await centre(world)
    request = await asked(world, Right.ACCESS)
    with pytest.raises(NotFound):
        await desk.letter(request.id)

    answered = await desk.answer(request.id, 1, actor=staff.id)
    said = [await words(desk, request.id)]
    longer = await desk.lengthen(request.id, answered.version, actor=staff.id, reason="Phải hỏi nơi giữ ghi âm.")
    said.append(await words(desk, request.id))
    await desk.carry_out(request.id, longer.version, actor=staff.id, text="Mời Quý vị tải bản sao.")
    await world.settle()
    made = await desk.letter(request.id)

    (paper,) = attached(world, -1)
    assert paper == await world.deployment.clerk.letters.desk.pdf(made)
    assert paper.startswith(b"%PDF")
    assert "xem, nhận bản sao dữ liệu của ông/bà Nguyễn Văn Am" in made.text
    assert "sẽ thực hiện xong chậm nhất ngày" in said[0]
    assert "Thời hạn mới" in said[1]
    assert "Lý do: Phải hỏi nơi giữ ghi âm." in said[1]
    assert "Mời Quý vị tải bản sao." in made.text
    assert [len(attached(world, place)) for place in (-3, -2, -1)] == [1, 1, 1]


async def test_a_refusal_on_paper_names_its_ground_whatever_staff_wrote(world: World) -> None:
    """And nobody who was not proved to be who they say."""
    await write_everything(world)
    desk, staff = subject_desk_of(world.deployment), await centre(world)
    request = await asked(world, Right.ACCESS, by=ProvedBy.NOTHING)

    await desk.refuse(request.id, 1, "not_proved", actor=staff.id, text="Rất tiếc.")

    text = await words(desk, request.id)
    assert "Rất tiếc." in text
    assert "Không xác minh được người yêu cầu" in text
    assert "quyền khiếu nại" in text
    assert CANARY not in text


async def test_a_correction_is_answered_under_the_right_name(world: World) -> None:
    """Also in the letter that leaves in the same moment."""
    await write_mail(world, MAIL)
    desk, staff = subject_desk_of(world.deployment), await centre(world)
    request = await asked(world, Right.CORRECTION, name="Nguyễn Văn An")

    await desk.carry_out(request.id, 1, actor=staff.id)
    await world.settle()

    made = await desk.letter(request.id)
    assert "ông/bà Nguyễn Văn An " in made.text
    assert attached(world, -1) == [await world.deployment.clerk.letters.desk.pdf(made)]


async def test_who_is_restricted_or_gone_is_named_on_no_paper(world: World) -> None:
    """A restriction hides the name also there; of somebody erased there is no letter, and none stays of before."""
    await write_everything(world)
    desk, staff = subject_desk_of(world.deployment), await centre(world)
    held = await asked(world, Right.RESTRICTION)
    await desk.carry_out(held.id, 1, actor=staff.id)
    assert CANARY not in await words(desk, held.id)

    gone = await asked(world, Right.ERASURE)
    answered = await desk.answer(gone.id, 1, actor=staff.id)
    await desk.carry_out(gone.id, answered.version, actor=staff.id)
    await world.settle()

    assert attached(world, -1) == []
    assert not [one for one in (held, gone) if await has_letter(desk, one.id)]
    assert WORD not in str(await desk.dossier(held.id))


async def has_letter(desk: SubjectDesk, request_id: str) -> bool:
    """Whether there is one to be had."""
    try:
        await desk.letter(request_id)
    except NotFound:
        return False
    return True
