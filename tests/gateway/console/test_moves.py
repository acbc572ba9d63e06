"""Moves by their forms: done, refused with the rule, lost to somebody faster; what was typed is never lost."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from html import unescape
from pathlib import Path

import pytest
from yarl import URL

from core.cases.model import Case
from core.storage import case_search, cases
from gateway.console.shared import BUTTON, HOME
from tests.gateway.api.staffing import LIGHTS, agency, centre, hire, issue, report
from tests.gateway.console.letters import picture
from tests.gateway.console.office import Office, open_office
from tests.support.databases import on_both_engines
from tests.support.deployments import world_over
from tests.support.letters import write_mail

REASON = "Nhà dân tự đấu nối, không thuộc lưới của công ty."


async def load(office: Office, case_id: str) -> Case:
    """The case as stored."""
    row = await office.world.deployment.database.read(partial(cases.load, case_id=case_id))
    return Case.model_validate(row.state)


async def dispatched(office: Office) -> tuple[str, str]:
    """A case at the lighting company, and the base address of its pages."""
    world = office.world
    ioc, case_id = await centre(world), await report(world)
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    return case_id, f"/console/ho-so/{case_id}"


@on_both_engines
async def test_a_case_goes_its_whole_way_by_forms(office: Office) -> None:
    """Receive, distribute, accept, report with a photo, approve, publish; the citizen gets the answer."""
    world = office.world
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    base = f"/console/ho-so/{case_id}"
    async with office.desk(ioc) as centre_desk, office.desk(lights) as desk:
        sent = [await centre_desk.send(base, f"{base}/accept")]
        sent += [await centre_desk.send(f"{base}/dispatch", f"{base}/dispatch", agencies=[LIGHTS], note="Xem sớm.")]
        sent += [await desk.send(base, f"{base}/accept_dispatch")]
        sent += [
            await desk.send(
                f"{base}/submit_result",
                f"{base}/submit_result",
                result="Đã thay bóng đèn.",
                draft_answer="Đơn vị đã thay bóng đèn.",
                handled_at="2026-11-23T07:30",
                evidence=[("sau.jpg", picture("#17633a"))],
            )
        ]
        sent += [await desk.send(base, f"{base}/approve")]
        editor = await centre_desk.get(f"{base}/publish")
        (evidence,) = (await load(office, case_id)).dispatches[0].latest.evidence  # type: ignore[union-attr]
        text = "Đơn vị đã thay bóng đèn sáng 23/11/2026."
        sent += [await centre_desk.submit(editor, f"{base}/publish", text=text, media=[evidence])]
        done = await centre_desk.get(sent[-1].location)
    await world.settle()

    assert [one.status for one in sent] == [303] * 6
    assert [one.location.partition("xong=")[2] for one in sent] == [
        "accept",
        "dispatch",
        "accept_dispatch",
        "submit_result",
        "approve",
        "publish",
    ]
    assert "Đơn vị đã thay bóng đèn.</textarea>" in editor.text
    assert "Đã thực hiện: Công khai." in done.text
    case = await load(office, case_id)
    assert case.stage == "published"
    assert case.publications[0].media == (evidence,)
    assert case.dispatches[0].latest is not None
    assert case.dispatches[0].latest.handled_at == datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    assert (await world.deployment.media.open(evidence)).subject_id == case_id
    assert "sáng 23/11/2026" in world.mail.mails[-1].shown()["text"]


async def test_what_is_missing_is_said_beside_the_field_and_the_rest_is_kept(office: Office) -> None:
    """422; also the file that came with it, which counts when the form is sent again."""
    case_id, base = await dispatched(office)
    lights = await agency(office.world)
    await issue(office.world, lights, case_id, "accept_dispatch")
    async with office.desk(lights) as desk:
        page = f"{base}/submit_result"
        first = await desk.send(page, page, draft_answer="Đơn vị đã thay đèn.", evidence=[("sau.jpg", picture())])
        kept = first.text.partition('name="kept_evidence" value="')[2].partition('"')[0]
        second = await desk.submit(
            first, page, result="Đã thay.", draft_answer="Đơn vị đã thay đèn.", kept_evidence=kept
        )

    assert first.status == 422
    assert 'id="result-loi"' in first.text
    assert "Vui lòng nhập: kết quả xử lý." in first.text
    assert "Đơn vị đã thay đèn.</textarea>" in first.text
    assert second.status == 303
    made = (await load(office, case_id)).dispatches[0].latest
    assert made is not None
    assert made.evidence == (kept,)


async def test_a_file_of_another_case_cannot_be_slipped_in(office: Office) -> None:
    """Only what lies under this case counts as kept; what cannot be stored is refused with a sentence."""
    case_id, base = await dispatched(office)
    lights = await agency(office.world)
    await issue(office.world, lights, case_id, "accept_dispatch")
    stranger = await office.world.deployment.media.put_file(picture(), subject_id="other", name="x.jpg")
    async with office.desk(lights) as desk:
        page = f"{base}/submit_result"
        refused = await desk.send(page, page, result="Đã thay.", evidence=[("a.exe", b"MZ\x00\x01")])
        done = await desk.send(page, page, result="Đã thay.", kept_evidence=stranger.stored_key)

    assert refused.status == 422
    assert "Loại tệp này chưa được hỗ trợ" in refused.text
    assert done.status == 303
    made = (await load(office, case_id)).dispatches[0].latest
    assert made is not None
    assert made.evidence == ()


async def test_a_refusal_shows_its_sentence_and_rule_and_keeps_the_text(office: Office) -> None:
    """Changing the category needs a reason: 422 from the regulation, beside the form."""
    world = office.world
    ioc, case_id = await centre(world), await report(world)
    before = (await load(office, case_id)).category
    page = f"/console/ho-so/{case_id}/classify"
    async with office.desk(ioc) as desk:
        refused = await desk.send(page, page, category="environment")

    assert refused.status == 422
    assert "Đổi lĩnh vực cần nêu lý do." in refused.text
    assert "HUE-1" in refused.text
    assert '<option value="environment" selected>' in refused.text
    assert before is not None
    assert (await load(office, case_id)).category == before


async def test_a_move_of_another_step_or_role_is_refused_with_its_rule(office: Office) -> None:
    """409 for the step, 403 for the role; a form typed before is shown for copying."""
    world = office.world
    case_id, base = await dispatched(office)
    ioc, officer = await centre(world), await hire(world, "Hồ Văn Dũng", ("officer", LIGHTS))
    version = str((await load(office, case_id)).version)
    async with office.desk(ioc) as desk:
        token = (await desk.get(base)).text.partition('name="csrf" value="')[2].partition('"')[0]
        form = {"csrf": token, "phien_ban": version, "reason_code": "no_basis", "reason": REASON}
        late = await desk.post(f"{base}/decline", form)
        asked = await desk.get(f"{base}/decline")
    async with office.desk(officer) as desk:
        token = (await desk.get(base)).text.partition('name="csrf" value="')[2].partition('"')[0]
        not_theirs = await desk.post(f"{base}/edit_and_approve", {"csrf": token, "phien_ban": version, "text": "Xong."})

    assert late.status == 409
    assert "nên không thực hiện được “Từ chối tiếp nhận”" in late.text
    assert "A-HUE-3" in late.text
    assert f"{REASON}</textarea>" in late.text
    assert asked.status == 409
    assert not_theirs.status == 403
    assert "thuộc về: Lãnh đạo cơ quan xử lý" in not_theirs.text
    assert "HUE-4a" in not_theirs.text
    assert "Xong.</textarea>" in not_theirs.text
    assert (await load(office, case_id)).version == int(version)


@on_both_engines
async def test_a_lost_race_is_told_and_costs_no_second_typing(office: Office) -> None:
    """409 with the text in the form, which now carries the new version and goes through."""
    world = office.world
    case_id, base = await dispatched(office)
    ioc, lights = await centre(world), await agency(world)
    page = f"{base}/send_back"
    async with office.desk(lights) as desk:
        opened = await desk.get(page)
        await issue(world, ioc, case_id, "remind", text="Đề nghị xem sớm.")
        typed = {"reason": REASON, "agency_unknown": "1"}
        lost = await desk.submit(opened, page, **typed)
        unchanged = (await load(office, case_id)).dispatches[0].stage
        again = await desk.submit(lost, page, **typed)

    assert lost.status == 409
    assert "Hồ sơ vừa được người khác cập nhật" in lost.text
    assert f"{REASON}</textarea>" in lost.text
    assert 'name="agency_unknown" value="1" checked' in lost.text
    assert unchanged == "distributed"
    assert again.status == 303
    assert (await load(office, case_id)).stage == "accepted"


async def test_a_race_lost_to_the_next_step_keeps_the_text_for_copying(office: Office) -> None:
    """Somebody else has sent it back already: the form is gone, its words are not."""
    world = office.world
    case_id, base = await dispatched(office)
    lights = await agency(world)
    page = f"{base}/send_back"
    async with office.desk(lights) as desk:
        opened = await desk.get(page)
        await issue(world, lights, case_id, "send_back", reason="Sai địa bàn.", agency_unknown=True)
        lost = await desk.submit(opened, page, reason=REASON, agency_unknown="1")

    assert lost.status == 409
    assert "đã sang bước khác" in lost.text
    assert f"{REASON}</textarea>" in lost.text


async def test_one_of_two_must_be_filled(office: Office) -> None:
    """HUE-3b: the right agency, or that it is not known."""
    _, base = await dispatched(office)
    page = f"{base}/send_back"
    async with office.desk(await agency(office.world)) as desk:
        refused = await desk.send(page, page, reason=REASON)

    assert refused.status == 422
    assert "Vui lòng điền một trong các mục này." in refused.text
    assert "Cần một trong hai: “Đơn vị xử lý đúng” hoặc “Không rõ đơn vị xử lý đúng”." in refused.text


async def test_another_case_is_named_by_its_code(office: Office) -> None:
    """A repeat of the same person is cancelled as the same; a code that nobody knows is said so."""
    world = office.world
    ioc, first = await centre(world), await report(world)
    await world.pass_time(hours=30)
    second = await report(world, "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh vẫn chưa sửa, đề nghị xử lý.")
    code, page = (await load(office, first)).code, f"/console/ho-so/{second}/cancel"
    async with office.desk(ioc) as desk:
        unknown = await desk.send(page, page, reason_code="same_reporter", same_as="1234 5678 9012")
        done = await desk.send(page, page, reason_code="same_reporter", same_as=code)

    assert unknown.status == 422
    assert "Không tìm thấy hồ sơ có mã này." in unknown.text
    assert 'value="1234 5678 9012"' in unknown.text
    assert done.status == 303
    assert (await load(office, second)).stage == "cancelled"


async def test_what_is_no_form_of_ours_is_refused(office: Office) -> None:
    """No version, a choice that is not offered, a command that does not exist."""
    world = office.world
    ioc, case_id = await centre(world), await report(world)
    base = f"/console/ho-so/{case_id}"
    async with office.desk(ioc) as desk:
        shown = await desk.get(f"{base}/classify")
        no_version = await desk.submit(shown, f"{base}/classify", category="security", phien_ban="")
        invented = await desk.submit(shown, f"{base}/classify", category="no_such")
        unknown = await desk.get(f"{base}/no_such_command")
        internal = await desk.get(f"{base}/receive_report")

    assert no_version.status == 400
    assert invented.status == 422
    assert "không còn trong danh sách" in invented.text
    assert (unknown.status, internal.status) == (404, 404)


async def test_words_of_citizens_are_never_markup(office: Office) -> None:
    """Whatever they write stands on the page as text."""
    world = office.world
    ioc = await centre(world)
    await write_mail(world, "Đèn hỏng ở 12 Lê Lợi, phường Vĩnh Ninh <script>alert(1)</script> <b>ngay</b>")
    (row,) = await world.deployment.database.read(partial(case_search.search, wanted=case_search.Search()))
    async with office.desk(ioc) as desk:
        pages = [await desk.get(path) for path in ("/console", f"/console/ho-so/{row.id}")]

    assert all("<script>alert" not in page.text for page in pages)
    assert "&lt;script&gt;" in pages[1].text


async def test_what_was_done_is_called_what_its_button_was(database_url: str, tmp_path: Path) -> None:
    """Whoever takes a mark off does not read that they set it."""
    async with world_over(database_url, tmp_path, regulation="tien_giang") as world, open_office(world) as office:
        ioc, case_id = await centre(world), await report(world)
        page = f"/console/ho-so/{case_id}"
        async with office.desk(ioc) as desk:
            told = []
            for undo in ((), ("1",)):
                sent = await desk.send(f"{page}/mark_spam", f"{page}/mark_spam", reason="Gửi thử.", undo=list(undo))
                told += [(await desk.get(sent.location)).text]
            forged = await desk.get("/console?xong=mark_spam&nut=Trúng thưởng")

    assert "Đã thực hiện: Phản ánh rác." in told[0]
    assert "Đã thực hiện: Bỏ đánh dấu rác." in told[1]
    assert "Trúng thưởng" not in forged.text


@pytest.mark.parametrize("regulation", ["quang_binh", "thua_thien_hue", "dak_lak", "lang_son", "tien_giang"])
async def test_every_button_of_a_regulation_is_known_to_who_confirms(
    database_url: str, tmp_path: Path, regulation: str
) -> None:
    """Under the name that it has there."""
    async with world_over(database_url, tmp_path, regulation=regulation) as world, open_office(world) as office:
        ioc = await centre(world)
        rows = [row for row in world.deployment.regulation.current.moves.values() if row.label]
        async with office.desk(ioc) as desk:
            for row in rows:
                shown = await desk.get(str(URL(HOME).with_query({"xong": row.command, BUTTON: row.label})))
                assert f"Đã thực hiện: {row.label}." in unescape(shown.text)
