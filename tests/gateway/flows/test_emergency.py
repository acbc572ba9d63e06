"""Words of danger: a person is called at once, the case is urgent, the citizen is told whom to ring."""

from __future__ import annotations

import pytest

from tests.gateway.flows.office import Chat, all_cases, assert_decent, only_case, state_of, stored_reports, wanted
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import answer_mail, received, write_mail


@pytest.mark.rule("VN-8")
@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("Cháy nhà số 12 đường Lê Lợi, phường Vĩnh Ninh, có người mắc kẹt, cứu với!", "114"),
        ("Có người bị tai nạn nặng đang chảy máu ở trước chợ Đông Ba", "115"),
        ("Cướp có dao đang chém người ở quán số 5 Hùng Vương", "113"),
    ],
)
@on_both_engines
async def test_an_emergency_in_a_chat(world: World, chat: Chat, words: str, number: str) -> None:
    await chat.say(words, pause=0)
    await world.settle()
    assert f"gọi ngay {number}" in chat.heard[0]
    assert len(await wanted(world)) == 1

    await world.pass_time(seconds=5)

    case = await state_of(world, (await only_case(world)).id)
    assert case.urgency == "emergency"
    assert sum("gọi ngay" in text for text in chat.heard) == 1
    assert_decent(chat.heard)


@pytest.mark.rule("VN-8")
@on_both_engines
async def test_an_emergency_by_mail_is_one_letter(world: World) -> None:
    """Number, code and the question for the place in one mail; the answer completes it."""
    await write_mail(world, "Cháy nhà rồi, có người mắc kẹt, cứu với!", subject="Khẩn cấp")

    (text,) = received(world)
    assert "gọi ngay 114" in text
    assert "mã PIN" in text
    assert "ở đâu ạ" in text
    assert (await state_of(world, (await only_case(world)).id)).urgency == "emergency"
    assert len(await wanted(world)) == 1

    await answer_mail(world, "Số 12 đường Lê Lợi, phường Vĩnh Ninh")

    (report,) = await stored_reports(world)
    assert "12 đường Lê Lợi" in report.place.text
    assert len(received(world)) == 2
    assert_decent(received(world))


@pytest.mark.parametrize(
    "words",
    [
        "Trời nóng như cháy nhà, cúp điện ở 12 Lê Lợi phường Vĩnh Ninh cả ngày.",
        "Giá cả cắt cổ ở chợ Đông Ba, chặt chém du khách chết người.",
    ],
)
async def test_figures_of_speech_are_no_emergency(world: World, chat: Chat, words: str) -> None:
    await chat.say(words)

    for row in await all_cases(world):
        assert (await state_of(world, row.id)).urgency == "normal"
    assert await wanted(world) == []
    assert not any("gọi ngay" in text for text in chat.heard)
