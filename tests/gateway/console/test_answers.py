"""What helps to answer: canned answers, what the channel still allows, the whole of a mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.contract.ports import Reach
from gateway.console.canned.filling import fill, unknown
from gateway.console.talk_window import Notice, window_of
from tests.gateway.api.staffing import centre, hire, report
from tests.gateway.console.office import Office
from tests.gateway.console.test_talks import waiting
from tests.support.letters import write_mail

PAGE = "/console/cau-mau"


def test_places_are_filled_and_slips_are_found() -> None:
    """What is not known is left to be typed."""
    assert fill("Mã {code}, hạn {due}.", {"code": "1234 5678 9012", "due": ""}) == "Mã 1234 5678 9012, hạn …."
    assert unknown("{code} {ma} {due} {ma}") == ("ma",)


async def test_answers_fit_the_step_and_are_filled_in(office: Office) -> None:
    """Without a case those that ask; with one, its code and step; inserted behind what was typed."""
    ioc, base = await waiting(office)
    case_id = await report(office.world)
    async with office.desk(ioc) as desk:
        asked = await desk.get(base)
        filled = await desk.send(base, f"{base}/tra-loi", text="")
        typed = await desk.post(
            f"{base}/cau-mau", {**filled.forms()[f"{base}/tra-loi"], "text": "Dạ.", "mau": "thieu_noi_xay_ra"}
        )
        case = await desk.get(f"/console/ho-so/{case_id}")
        talk = "/console/hoi-thoai/" + case.text.partition('href="/console/hoi-thoai/')[2].partition('"')[0]
        told = await desk.get(talk)

    code = case.text.partition("<title>Hồ sơ ")[2].partition(" –")[0]
    assert 'value="thieu_noi_xay_ra"' in asked.text
    assert "Dạ.\nAnh/chị vui lòng cho biết nơi xảy ra" in typed.text
    assert 'value="thieu_noi_xay_ra"' not in told.text
    assert f"Phản ánh của anh/chị có mã {code}." in told.text
    assert "bước “Mới nhận”" in told.text or "đang ở bước" in told.text


async def test_administrators_change_them_without_a_file(office: Office) -> None:
    """One more, another wording, one thrown away; a slip in a place is said and nothing is lost."""
    admin = await hire(office.world, "Phạm Thị Dung", ("admin", ""))
    _, base = await waiting(office)
    async with office.desk(admin) as desk:
        wrong = await desk.send(f"{PAGE}/moi", f"{PAGE}/moi", title="Hẹn", text="Mã {ma} sẽ có tin.")
        empty = await desk.send(f"{PAGE}/moi", f"{PAGE}/moi", title="", text="x")
        await desk.send(f"{PAGE}/moi", f"{PAGE}/moi", title="Hẹn gặp", text="{office} hẹn gặp anh/chị.", steps=["-"])
        await desk.send(f"{PAGE}/cam_on", f"{PAGE}/cam_on", title="Cảm ơn", text="Xin cảm ơn ạ.")
        await desk.send(f"{PAGE}/chao", f"{PAGE}/chao/bo")
        listed, talk, gone = await desk.get(PAGE), await desk.get(base), await desk.get(f"{PAGE}/chao")

    assert (wrong.status, empty.status, gone.status) == (422, 422, 404)
    assert "Không có chỗ điền tên này: {ma}." in wrong.text
    assert "Mã {ma} sẽ có tin.</textarea>" in wrong.text
    assert "Hẹn gặp" in listed.text
    assert "hẹn gặp anh/chị." in talk.text
    assert "Xin cảm ơn ạ." in talk.text
    assert "Chào và hỏi lại" not in talk.text


async def test_only_administrators_change_them(office: Office) -> None:
    """The centre uses them."""
    ioc = await centre(office.world)
    async with office.desk(ioc) as desk:
        pages = [await desk.get(path) for path in (PAGE, f"{PAGE}/moi", f"{PAGE}/cam_on")]

    assert [page.status for page in pages] == [403, 403, 403]


async def test_a_mail_shows_what_is_new_and_folds_what_it_quotes(office: Office) -> None:
    """The whole stands behind a click, masked like the rest."""
    ioc = await centre(office.world)
    await write_mail(
        office.world,
        "Tôi muốn gặp nhân viên.\n\nVào Th 2, 23 thg 11, 2026 lúc 08:00 Trung tâm <a@b.example.vn> đã viết:\n> Thư cũ.",
        subject="Re: Hỏi",
    )
    async with office.desk(ioc) as desk:
        listed = await desk.get("/console?loai=hoi-thoai")
        base = "/console/hoi-thoai/" + listed.text.partition('href="/console/hoi-thoai/')[2].partition('"')[0]
        page = await desk.get(base)

    assert '<p class="said">Tôi muốn gặp nhân viên.</p>' in page.text
    folded = page.text.partition("Toàn văn thư, cả phần trích</summary>")[2].partition("</details>")[0]
    assert "&gt; Thư cũ." in folded
    assert "a@b.example.vn" not in folded


NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
CHAT = Reach("chat", "Zalo", window=timedelta(hours=48))
TEMPLATE = Reach("phone", "mẫu ZNS", only_templates=True)


@pytest.mark.parametrize(
    ("reaches", "heard", "said"),
    [
        pytest.param((Reach("email", "Thư"),), NOW, [], id="no window"),
        pytest.param(
            (CHAT,),
            NOW - timedelta(hours=46),
            [Notice("Zalo còn cho nhắn tự do 2 giờ, đến 23/11/2026 17:00.")],
            id="open",
        ),
        pytest.param(
            (CHAT, TEMPLATE),
            NOW - timedelta(hours=51),
            [
                Notice(
                    "Zalo không còn cho nhắn tự do (đã đóng 3 giờ trước). "
                    "Tin sẽ được thử gửi cách khác: mẫu ZNS, SMS hoặc thư.",
                    "warn",
                )
            ],
            id="closed",
        ),
        pytest.param(
            (CHAT,),
            None,
            [Notice("Zalo không còn cho nhắn tự do (đã đóng từ trước). Tin sẽ được thử gửi qua SMS hoặc thư.", "warn")],
            id="never opened",
        ),
    ],
)
def test_the_window_of_a_channel_is_said(
    reaches: tuple[Reach, ...], heard: datetime | None, said: list[Notice]
) -> None:
    """Before anybody types."""
    assert window_of(reaches, heard, NOW) == said


async def test_a_closed_channel_is_said_before_anybody_types(office: Office) -> None:
    """A channel that is off, and one whose reader wants no more."""
    ioc, base = await waiting(office)
    deployment = office.world.deployment
    async with office.desk(ioc) as desk:
        before = await desk.get(base)
        channels = dict(deployment.channels)
        object.__setattr__(deployment, "channels", {k: v for k, v in channels.items() if k != "email"})
        off = await desk.get(base)
        object.__setattr__(deployment, "channels", channels)

    assert "đang tắt" not in before.text
    assert "Kênh Thư điện tử đang tắt" in off.text
