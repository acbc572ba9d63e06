"""Refusals stand on the portal as code, category and ground, without a word of anybody (A-QB-7)."""

from __future__ import annotations

import html
from pathlib import Path

import pytest

from core.intake.fold import fold
from tests.gateway.api.staffing import case_ids, hire, issue
from tests.gateway.console.office import open_office
from tests.support.databases import on_both_engines
from tests.support.deployments import World, world_over
from tests.support.letters import received, write_mail

TEXT = "Cống tràn trước số 5 đường Hoa Mai lúc 7 giờ sáng nay. Nguyễn Văn An, 0900 000 001, an@hopthu.example.vn."
OWN_WORDS = "Không nêu rõ phường nào, đã gọi mà ông An không nhớ"


async def declined(world: World) -> None:
    """A report that is refused with a ground of the pack and with the desk's own words."""
    desk = await hire(world, "Trần Thị Bình", ("receptionist", ""))
    await write_mail(world, TEXT, subject="Cống tràn")
    (case_id,) = await case_ids(world)
    await issue(world, desk, case_id, "classify", category="waste", reason="Nước thải")
    await issue(world, desk, case_id, "decline", reason_code="not_clear", reason=OWN_WORDS)


@on_both_engines
@pytest.mark.rule("QB-IV.1.1a.r", "A-QB-7", "QB-II.2f")
async def test_a_refusal_is_public_with_its_ground_and_nothing_else(database_url: str, tmp_path: Path) -> None:
    """Under the heading of the text; the desk's words go to the reporter alone."""
    async with world_over(database_url, tmp_path, regulation="quang_binh") as world, open_office(world) as office:
        await declined(world)
        citizen = await hire(world, "Người xem", ("nobody", ""))
        async with office.desk(citizen) as browser:
            page = html.unescape((await browser.get("/khong-du-dieu-kien")).text)

        assert "Không đủ điều kiện tiếp nhận" in page
        assert "Nội dung, thời gian, địa điểm không rõ ràng, chính xác" in page
        assert "Thu gom, xử lý nước thải, chất thải" in page
        for secret in ("Nguyễn Văn An", "0900 000 001", "Hoa Mai", "không nhớ", "Cống tràn"):
            assert fold(secret) not in fold(page)
        assert OWN_WORDS in "\n".join(received(world))
