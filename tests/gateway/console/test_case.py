"""The case page: what was said, by when and why, who may see whom, and what is noted when somebody looks."""

from __future__ import annotations

from functools import partial

import pytest

from core.storage import people
from tests.gateway.api.staffing import LIGHTS, WATER, agency, answered, centre, hire, issue, report
from tests.gateway.console.letters import picture, report_with_picture
from tests.gateway.console.office import Office


async def accesses(office: Office, ref: str) -> list[tuple[str, str]]:
    """(who, what) was noted."""
    noted = await office.world.deployment.database.read(partial(people.accesses, ref=ref))
    return [(user, what) for _, user, what in noted]


@pytest.mark.rule("HUE-2")
async def test_the_page_tells_content_limits_and_story(office: Office) -> None:
    """With the arithmetic of each due time and what it rests on."""
    world = office.world
    ioc, case_id = await centre(world), await report(world)
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS], note="Đề nghị xử lý sớm.")
    await world.pass_time(minutes=10)
    async with office.desk(ioc) as desk:
        page = await desk.get(f"/console/ho-so/{case_id}")

    for words in (
        "Đèn đường trước số 12 Lê Lợi",
        "Cơ quan đang xử lý",
        "còn 20 phút",
        "30 phút kể từ 08:00",
        "HUE-2",
        "Phân phối đến Công ty Điện lực Hương Trà Giang.",
        "Đề nghị xử lý sớm.",
        "Quy chế tiếp nhận, xử lý phản ánh hiện trường",
        "Đã gửi",
    ):
        assert words in page.text, words
    assert page.headers["Cache-Control"] == "no-store"


async def test_moves_are_exactly_those_allowed_now(office: Office) -> None:
    """The receptionist's after receipt; the officer's after the distribution; an administrator has none."""
    world = office.world
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    admin = await hire(world, "Phạm Thị Dung", ("admin", ""))
    base = f"/console/ho-so/{case_id}"
    async with office.desk(ioc) as desk:
        received = await desk.get(base)
        await issue(world, ioc, case_id, "accept")
        await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
        dispatched = await desk.get(base)
    async with office.desk(lights) as desk:
        theirs = await desk.get(base)
    async with office.desk(admin) as desk:
        masked = await desk.get(base)

    assert f"{base}/accept" in received.forms()
    assert f'href="{base}/decline"' in received.text
    assert f"{base}/accept" not in dispatched.forms()
    assert f"{base}/decline" not in dispatched.text
    assert any(action.startswith(f"{base}/accept_dispatch") for action in theirs.forms())
    assert f"{base}/send_back" in theirs.text
    assert f"{base}/dispatch" not in theirs.text
    assert "anh/chị không có thao tác nào" in masked.text


async def test_a_person_is_masked_until_somebody_asks_and_that_is_noted(office: Office) -> None:
    """VN-4: name and number appear after the button alone, for that one answer."""
    ioc, case_id = await centre(office.world), await report(office.world)
    base = f"/console/ho-so/{case_id}"
    async with office.desk(ioc) as desk:
        masked = await desk.get(base)
        noted_before = await accesses(office, case_id)
        clear = await desk.submit(masked, f"{base}/xem-nguoi-phan-anh")
        again = await desk.get(base)

    assert "N*** V** A*" in masked.text
    assert "Nguyễn Văn An" not in masked.text
    assert noted_before == []
    assert clear.status == 200
    assert "Nguyễn Văn An" in clear.text
    assert "Lần xem này đã được ghi vào nhật ký" in clear.text
    assert await accesses(office, case_id) == [(ioc.id, "identity")]
    assert "Nguyễn Văn An" not in again.text


@pytest.mark.rule("TG-5.4")
async def test_a_reporter_who_wants_secrecy_stays_hidden_from_the_agency(office: Office) -> None:
    """Neither a button nor, for a form kept from before, an answer; and nothing is noted as read."""
    world = office.world
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    base = f"/console/ho-so/{case_id}"
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    async with office.desk(lights) as desk:
        open_page = await desk.get(base)
        await issue(world, ioc, case_id, "set_confidential", confidential=True, reason="Người gửi đề nghị.")
        closed = await desk.get(base)
        refused = await desk.submit(open_page, f"{base}/xem-nguoi-phan-anh")

    assert f"{base}/xem-nguoi-phan-anh" in open_page.forms()
    assert f"{base}/xem-nguoi-phan-anh" not in closed.forms()
    assert refused.status == 403
    assert "yêu cầu giữ bí mật" in refused.text
    assert "Nguyễn Văn An" not in refused.text
    assert await accesses(office, case_id) == []


async def test_another_agency_finds_no_such_case(office: Office) -> None:
    """Page, form, act, file: all as if it did not exist."""
    world = office.world
    ioc, lights, water = await centre(world), await agency(world), await agency(world, WATER)
    case_id = await report_with_picture(world)
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    base = f"/console/ho-so/{case_id}"
    async with office.desk(lights) as desk:
        theirs = await desk.get(base)
    file = theirs.text.partition(f'href="{base}/tep/')[2].partition('"')[0]
    async with office.desk(water) as desk:
        token = (await desk.get("/console")).text.partition('name="csrf" value="')[2].partition('"')[0]
        found = [await desk.get(path) for path in (base, f"{base}/accept_dispatch", f"{base}/tep/{file}")]
        found += [
            await desk.post(f"{base}/accept_dispatch", {"csrf": token, "phien_ban": "7"}),
            await desk.post(f"{base}/xem-nguoi-phan-anh", {"csrf": token}),
            await desk.post(f"{base}/xem-nguoi-phan-anh", {"csrf": token, "co-quan": LIGHTS}),
        ]

    assert theirs.status == 200
    assert len(file) == 64
    assert [one.status for one in found] == [404] * 6
    assert all("Đèn đường" not in one.text for one in found)


async def test_files_go_out_guarded_and_each_opening_is_noted(office: Office) -> None:
    """Inline as a picture only, under no name of its sender's; a stranger's file is not found."""
    world = office.world
    ioc, case_id = await centre(world), await report_with_picture(world)
    stranger = await world.deployment.media.put_file(picture("#f00"), subject_id="nobody", name="x.jpg")
    base = f"/console/ho-so/{case_id}"
    async with office.desk(ioc) as desk:
        page = await desk.get(base)
        key = page.text.partition(f'href="{base}/tep/')[2].partition('"')[0]
        whole, small = await desk.get(f"{base}/tep/{key}"), await desk.get(f"{base}/tep/{key}/nho")
        other = await desk.get(f"{base}/tep/{stranger.stored_key}")

    assert f'src="{base}/tep/{key}/nho"' in page.text
    assert "nguyen-van-an" not in page.text
    assert (whole.status, small.status, other.status) == (200, 200, 404)
    assert whole.headers["Content-Type"] == "image/jpeg"
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert whole.headers["Content-Disposition"].startswith("inline;")
    assert "nguyen" not in whole.headers["Content-Disposition"]
    assert "sandbox" in whole.headers["Content-Security-Policy"]
    assert len(small.body) < len(whole.body)
    assert await accesses(office, case_id) == [(ioc.id, "file")] * 2


async def test_a_document_is_saved_never_shown(office: Office) -> None:
    """A PDF as evidence comes as a download."""
    world = office.world
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    stored = await world.deployment.media.put_file(b"%PDF-1.4\n%%EOF", subject_id=case_id, name="bien-ban.pdf")
    for member, command, payload in (
        (ioc, "accept", {}),
        (ioc, "dispatch", {"agencies": [LIGHTS]}),
        (lights, "accept_dispatch", {}),
        (lights, "submit_result", {"result": "Đã thay.", "evidence": [stored.stored_key]}),
    ):
        await issue(world, member, case_id, command, **payload)
    async with office.desk(ioc) as desk:
        page = await desk.get(f"/console/ho-so/{case_id}")
        file = await desk.get(f"/console/ho-so/{case_id}/tep/{stored.stored_key}")
        no_picture = await desk.get(f"/console/ho-so/{case_id}/tep/{stored.stored_key}/nho")

    assert f"/tep/{stored.stored_key}" in page.text
    assert file.headers["Content-Disposition"].startswith("attachment;")
    assert no_picture.status == 404


async def test_somebody_of_several_agencies_chooses_for_which_to_act(office: Office) -> None:
    """Both parts of the case are theirs; the moves are those of the one chosen, and of no agency but theirs."""
    world = office.world
    ioc, case_id = await centre(world), await report(world)
    both = await hire(world, "Phạm Thị Dung", ("officer", LIGHTS), ("officer", WATER))
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS, WATER])
    base = f"/console/ho-so/{case_id}"
    async with office.desk(both) as desk:
        page = await desk.get(f"{base}?co-quan={WATER}")
        done = await desk.submit(page, f"{base}/accept_dispatch")
        after = await desk.get(f"{base}?co-quan={WATER}")
        other = await desk.get(f"{base}?co-quan={LIGHTS}")
        stranger = await desk.get(f"{base}?co-quan=so_y_te")

    assert 'aria-label="Làm việc với tư cách cơ quan"' in page.text
    assert done.status == 303
    assert not any("accept_dispatch" in action for action in after.forms())
    assert any("accept_dispatch" in action for action in other.forms())
    assert stranger.status == 404


async def test_an_answered_case_shows_answer_and_results(office: Office) -> None:
    """To the end of its story."""
    world = office.world
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    await answered(world, ioc, lights, case_id)
    async with office.desk(lights) as desk:
        page = await desk.get(f"/console/ho-so/{case_id}?xong=publish")

    for words in ("Trả lời công khai", "Đơn vị đã thay bóng đèn", "Phê duyệt", "Đã xong", "Đã thực hiện: Công khai."):
        assert words in page.text, words
    assert "Hội thoại –" not in page.text
