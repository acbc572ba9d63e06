"""What stands on the pages whose pictures are taken: invented reports in every state, and people who work on them."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageDraw

from core.service.actors import Member
from tests.gateway.api.staffing import LIGHTS, agency, case_ids, hire, issue
from tests.gateway.portal.citizen import Citizen, File, ticket
from tests.support.public_notices import tell_everybody

POTHOLE = "Mặt đường trước cổng trường tiểu học có ổ gà sâu, xe máy hay ngã, nhất là khi trời mưa."
RUBBISH = "Rác chất đống ở góc chợ ba ngày chưa ai thu gom, mùi hôi vào tận nhà dân."
ANSWERED = (
    (
        "Đèn đường cả đoạn dài tắt từ tối thứ Sáu, đi lại buổi tối rất nguy hiểm.",
        ("16.4672", "107.5909"),
        "Đơn vị đã thay 06 bóng đèn và kiểm tra tủ điều khiển; đoạn đường đã sáng trở lại.",
    ),
    (
        "Nắp cống trước nhà văn hóa bị vỡ, trẻ em đi học ngang qua mỗi ngày.",
        ("16.4581", "107.5812"),
        "Đã thay nắp cống mới bằng bê tông cốt thép và sơn phản quang quanh vị trí.",
    ),
    (
        "Dây cáp viễn thông sà xuống vỉa hè, người đi bộ phải cúi để qua.",
        ("16.4741", "107.6024"),
        "Đơn vị viễn thông đã bó gọn và nâng cáp lên cao trong ngày 23/11/2026.",
    ),
)


@dataclass(frozen=True)
class Scene:
    """What a picture may need: code and PIN of an answered report, the desk, an agency, an open and a done case."""

    code: str
    pin: str
    centre: Member
    officer: Member
    waiting: str
    answered: str


async def set_scene(citizen: Citizen) -> Scene:
    """Reports by the form, worked through by the desk and an agency."""
    world = citizen.world
    desk = ("receptionist", ""), ("distributor", ""), ("editor", ""), ("admin", "")
    centre, officer = await hire(world, "Trần Thị Bình", *desk), await agency(world)
    await tell_everybody(world, title="Mưa lớn ở vùng thấp trũng")
    tickets, done = [], list[str]()
    for content, (latitude, longitude), answer in ANSWERED:
        tickets.append(await _sent(citizen, content, "Đường Lê Lợi", latitude=latitude, longitude=longitude))
        (case_id,) = set(await case_ids(world)) - set(done)
        await _answer(citizen, centre, officer, case_id, answer)
        done.append(case_id)
    await _sent(citizen, RUBBISH, "Góc chợ, đường Chi Lăng")
    await _sent(citizen, POTHOLE, "Trước số 12 đường Lê Lợi", picture=road())
    waiting = [case_id for case_id in await case_ids(world) if case_id not in done]
    return Scene(*tickets[-1], centre, officer, waiting[0], done[-1])


async def _sent(citizen: Citizen, content: str, place: str, *, picture: bytes = b"", **fields: str) -> tuple[str, str]:
    """Code and PIN of a report."""
    citizen.forget_cookies()
    files = [File("mat-duong.jpg", picture)] if picture else []
    shown = await citizen.report(files, content=content, place=place, **fields)
    await citizen.world.settle()
    citizen.world.clock.advance(minutes=7)
    return ticket(shown)


async def _answer(citizen: Citizen, centre: Member, officer: Member, case_id: str, answer: str) -> None:
    world = citizen.world
    await issue(world, centre, case_id, "accept")
    await issue(world, centre, case_id, "dispatch", agencies=[LIGHTS], note="Đề nghị xử lý sớm.")
    world.clock.advance(minutes=9)
    await issue(world, officer, case_id, "accept_dispatch")
    await issue(world, officer, case_id, "submit_result", result=answer)
    await issue(world, officer, case_id, "approve")
    world.clock.advance(minutes=12)
    await issue(world, centre, case_id, "publish", text=answer)


def road() -> bytes:
    """A drawn picture of a hole in a road."""
    image = Image.new("RGB", (640, 480), (120, 124, 128))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 640, 150), fill=(168, 196, 150))
    draw.polygon(((300, 150), (340, 150), (420, 480), (220, 480)), fill=(132, 136, 140))
    for top in range(170, 480, 70):
        draw.rectangle((314, top, 326, top + 34), fill=(236, 232, 210))
    draw.ellipse((150, 300, 330, 390), fill=(70, 66, 62))
    draw.ellipse((172, 318, 308, 378), fill=(48, 45, 43))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()
