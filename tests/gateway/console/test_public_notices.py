"""Telling everybody: written, looked at, published, withdrawn; by whom, and what is refused."""

from __future__ import annotations

import pytest

from core.service.public_notices import PublicNotices
from core.storage.public_notices import NoticeRow
from tests.gateway.api.staffing import agency, centre, hire
from tests.gateway.console.office import Desk, Office

PAGE = "/console/thong-bao-chung"


def typed(**changes: str) -> dict[str, str]:
    """A form that is filled in right."""
    usual = {
        "loai": "warning",
        "tieu-de": "Triều cường",
        "noi-dung": "Nước dâng từ 17 giờ.\nĐề nghị kê cao đồ đạc.",
        "khu-vuc": "Phường Một,  Phường Hai,",
        "tu": "2026-11-23T08:00",
        "den": "2026-11-24T08:00",
    }
    return usual | {name.replace("_", "-"): value for name, value in changes.items()}


async def written(desk: Desk, **changes: str) -> str:
    """Address of a draft."""
    answer = await desk.send(PAGE, PAGE, **typed(**changes))
    assert answer.status == 303, answer.text
    return answer.location


async def told(office: Office) -> list[NoticeRow]:
    deployment = office.world.deployment
    return await PublicNotices(deployment.database, now=deployment.now).in_force()


@pytest.mark.rule("TG-4.1a", "VN-6")
async def test_from_draft_to_withdrawn_with_who_did_what(office: Office) -> None:
    """Shown before it is published; whoever publishes says that it is no advertisement; each step has its name."""
    editor = await centre(office.world)
    async with office.desk(editor) as desk:
        page = await written(desk)
        preview = await desk.get(page)
        assert "Đề nghị kê cao đồ đạc." in preview.text
        assert await told(office) == []

        unsaid = await desk.send(page, f"{page}/cong-bo")
        assert (unsaid.status, await told(office)) == (422, [])
        assert "không phải quảng cáo" in unsaid.text
        assert (await desk.send(page, f"{page}/cong-bo", **{"khong-quang-cao": "1"})).status == 303
        (row,) = await told(office)
        assert (row.title, row.areas, row.published_by) == ("Triều cường", ["Phường Một", "Phường Hai"], editor.id)

        assert (await desk.send(page, f"{page}/go")).status == 303
        assert await told(office) == []
        log = (await desk.get(page)).text
        for act in ("viết", "công bố", "gỡ"):
            assert f"Trần Thị Bình {act}" in log
        assert "Đã gỡ" in (await desk.get(PAGE)).text


async def test_a_draft_is_changed_and_what_was_not_seen_is_not_published(office: Office) -> None:
    """Two pages on one draft: the second publishes nothing it did not show."""
    async with office.desk(await centre(office.world)) as desk:
        page = await written(desk)
        old = await desk.get(page)
        assert (await desk.send(page, page, **typed(tieu_de="Triều cường cao"))).status == 303
        late = await desk.submit(old, f"{page}/cong-bo", **{"khong-quang-cao": "1"})
        assert late.status == 409
        assert "Triều cường cao" in late.text
        assert await told(office) == []


async def test_a_second_editor_never_overwrites_what_they_did_not_see(office: Office) -> None:
    """Not after a mistake in their own form either; their words stay, beneath those of the faster one."""
    async with office.desk(await centre(office.world)) as desk:
        page = await written(desk)
        old = await desk.get(page)
        assert (await desk.send(page, page, **typed(tieu_de="Triều cường cao"))).status == 303
        mistaken = await desk.submit(old, page, **typed(tieu_de="", noi_dung="Nước dâng từ 18 giờ."))
        assert mistaken.status == 422

        late = await desk.submit(mistaken, page, **typed(noi_dung="Nước dâng từ 18 giờ."))
        assert late.status == 409
        assert "Triều cường cao" in late.text
        assert "Nước dâng từ 18 giờ." in late.text
        kept = await desk.submit(late, page, **typed(tieu_de="Triều cường cao", noi_dung="Nước dâng từ 18 giờ."))
        assert kept.status == 303


async def test_what_is_missing_or_wrong_is_said_and_what_was_typed_stays(office: Office) -> None:
    wrong = (
        ({"loai": "quang-cao"}, "Vui lòng chọn loại"),
        ({"tieu_de": " "}, "Vui lòng nhập tiêu đề"),
        ({"noi_dung": ""}, "Vui lòng nhập nội dung"),
        ({"khu_vuc": ",".join(map(str, range(21)))}, "không quá 20 khu vực"),
        ({"tu": "hôm nay"}, "Vui lòng chọn lúc bắt đầu"),
        ({"tu": "0001-01-01T00:00"}, "Vui lòng chọn lúc bắt đầu"),
        ({"den": "2026-11-23T07:00"}, "Vui lòng chọn lúc kết thúc"),
        ({"tu": "2026-11-20T08:00", "den": "2026-11-21T08:00"}, "Vui lòng chọn lúc kết thúc"),
    )
    async with office.desk(await centre(office.world)) as desk:
        for changes, sentence in wrong:
            answer = await desk.send(PAGE, PAGE, **typed(**changes))
            assert answer.status == 422
            assert sentence in answer.text
            assert "kê cao đồ đạc" in answer.text or "noi_dung" in changes
        page = await written(desk)
        assert (await desk.send(page, page, **typed(tieu_de=""))).status == 422
        assert (await desk.get(f"{PAGE}/{'0' * 32}")).status == 404
        office.world.clock.advance(days=2)
    async with office.desk(await centre(office.world)) as desk:
        over = await desk.send(page, f"{page}/cong-bo", **{"khong-quang-cao": "1"})
        assert over.status == 422
        assert "hiệu lực đã hết" in over.text


@pytest.mark.rule("TG-4.1a")
async def test_only_who_publishes_results_tells_everybody(office: Office) -> None:
    """Neither an agency nor the reception nor an administrator."""
    world = office.world
    others = (
        await agency(world),
        await hire(world, "Đỗ Thị Hoa", ("admin", "")),
        await hire(world, "Lý Thị Mai", ("receptionist", "")),
    )
    for member in others:
        async with office.desk(member) as desk:
            assert (await desk.get(PAGE)).status == 403
            assert PAGE + '"' not in (await desk.get("/console")).text
