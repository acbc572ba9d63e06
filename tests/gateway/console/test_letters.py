"""Letters in the console: seen before they are sent, had as PDF afterwards, masked until somebody may know."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from functools import partial

import pytest
from PIL import Image

from core.letters.page import DRAFT, POLICY
from core.privacy.errors import MediaTooLarge
from core.privacy.media_types import MediaLimits
from core.service.wording import OVERRIDE
from core.storage import people
from tests.core.letters.samples import letters_of, pages_of, streams
from tests.gateway.api.staffing import LIGHTS, WATER, agency, answered, centre, issue, report
from tests.gateway.console.letters import picture
from tests.gateway.console.office import Office
from tests.gateway.flows.office import state_of

ANSWER = "Đơn vị đã thay bóng đèn ngày 23/11/2026, đèn sáng lại từ 18 giờ."


async def accesses(office: Office, ref: str) -> list[tuple[str, str]]:
    """(who, what) was noted."""
    noted = await office.world.deployment.database.read(partial(people.accesses, ref=ref))
    return [(user, what) for _, user, what in noted]


@pytest.mark.rule("TG-9.1a", "QB-IV.1.4a.1")
async def test_an_editor_sees_the_letter_before_publishing_with_the_words_and_pictures_of_the_form(
    office: Office,
) -> None:
    """Masked, in a window of its own; nothing is stored by looking."""
    world = office.world
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    key = (await world.deployment.media.put_file(picture(), subject_id=case_id, name="a.jpg")).stored_key
    await _handled(office, ioc, lights, case_id, evidence=[key])
    before = (await state_of(world, case_id)).version
    base = f"/console/ho-so/{case_id}"
    async with office.desk(ioc) as desk:
        form = await desk.get(f"{base}/publish")
        assert f'formaction="{base}/van-ban/result/xem-truoc"' in form.text
        hidden = next(fields for action, fields in form.forms().items() if action.startswith(f"{base}/publish"))
        shown = await desk.post(f"{base}/van-ban/result/xem-truoc", {**hidden, "text": f"{ANSWER} <b>", "media": key})
        forged = await desk.post(f"{base}/van-ban/result/xem-truoc", {"text": ANSWER})

    assert shown.status == 200
    assert forged.status == 403
    assert shown.headers["Content-Security-Policy"] == POLICY
    assert shown.headers["Cache-Control"] == "no-store"
    for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", f"{ANSWER} &lt;b&gt;", DRAFT, "N*** V** A*", "data:image/jpeg"):
        assert words in shown.text, words
    assert "Nguyễn Văn An" not in shown.text
    assert "<script" not in shown.text
    assert (await state_of(world, case_id)).version == before
    assert await accesses(office, case_id) == []


async def _handled(office: Office, ioc: object, lights: object, case_id: str, *, evidence: list[str]) -> None:
    """To where only the publication is missing."""
    world = office.world
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    await issue(world, lights, case_id, "accept_dispatch")
    await issue(world, lights, case_id, "submit_result", result=ANSWER, evidence=evidence)
    await issue(world, lights, case_id, "approve")


@pytest.mark.rule("TG-9.1a", "VN-4")
async def test_the_pdf_names_its_reporter_for_whoever_may_know_and_that_is_noted(office: Office) -> None:
    """The page stays masked; the agency sees no name where secrecy was asked for."""
    world = office.world
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    await answered(world, ioc, lights, case_id)
    base = f"/console/ho-so/{case_id}"
    async with office.desk(ioc) as desk:
        page = await desk.get(f"{base}/van-ban/result")
        assert "N*** V** A*" in page.text
        assert await accesses(office, case_id) == []
        pdf = await desk.send(base, f"{base}/van-ban/result/pdf")
    assert (pdf.status, pdf.headers["Content-Type"]) == (200, "application/pdf")
    assert pdf.headers["Content-Disposition"].startswith('attachment; filename="van-ban-')
    assert pages_of(pdf.body) == 1
    assert set("NguyễnVănAn") <= set(letters_of(pdf.body))
    assert await accesses(office, case_id) == [(ioc.id, "letter"), (ioc.id, "identity")]


@pytest.mark.rule("TG-5.4", "TG-9.1b", "QB-IV.1.4a.2")
async def test_a_confidential_reporters_name_is_in_no_letter_of_the_agency(office: Office) -> None:
    """What the agency downloads names nobody, and nothing is noted because nothing was read."""
    world = office.world
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    await issue(world, ioc, case_id, "set_confidential", confidential=True)
    await _handled(office, ioc, lights, case_id, evidence=[])
    await issue(world, ioc, case_id, "reply_privately", text=ANSWER)
    base = f"/console/ho-so/{case_id}"
    async with office.desk(lights) as desk:
        pdf = await desk.send(base, f"{base}/van-ban/result/pdf")

    assert pages_of(pdf.body) == 1
    assert "*" in letters_of(pdf.body)
    assert b"".join([pdf.body, *streams(pdf.body)]).count("Nguyễn Văn An".encode("utf-16-be")) == 0
    assert await accesses(office, case_id) == []


@pytest.mark.rule("VN-3", "TG-9.1c", "QB-IV.1.4a.3")
async def test_nothing_of_a_suspected_secret_becomes_a_letter(office: Office) -> None:
    """No page, no PDF, and no button."""
    world = office.world
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    await answered(world, ioc, lights, case_id)
    base = f"/console/ho-so/{case_id}"
    async with office.desk(ioc) as desk:
        csrf = next(iter((await desk.get(base)).forms().values()))
        await issue(world, ioc, case_id, "flag_secret")
        assert "van-ban/result" not in (await desk.get(base)).text
        assert (await desk.get(f"{base}/van-ban/result")).status == 409
        assert (await desk.post(f"{base}/van-ban/result/pdf", csrf)).status == 409


async def test_letters_are_for_those_who_may_see_the_case(office: Office) -> None:
    """And there is none before there is something to say, nor one of another name."""
    world = office.world
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    base = f"/console/ho-so/{case_id}"
    async with office.desk(ioc) as desk:
        assert (await desk.get(f"{base}/van-ban/result")).status == 404
        await answered(world, ioc, lights, case_id)
        for name in ("official", "ode", "plain"):
            assert (await desk.get(f"{base}/van-ban/{name}")).status == 404
        assert (await desk.get(f"{base}/van-ban/result?phan-anh={'0' * 32}")).status == 404
    async with office.desk(await agency(world, WATER)) as desk:
        assert (await desk.get(f"{base}/van-ban/result")).status == 404


@pytest.mark.rule("TG-9.1a", "QB-IV.1.4a.1")
async def test_an_empty_answer_comes_back_with_help_and_a_field_for_the_reason(office: Office) -> None:
    """The field is not there before; with a reason the answer goes out, and the story tells it."""
    world = office.world
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    await _handled(office, ioc, lights, case_id, evidence=[])
    base = f"/console/ho-so/{case_id}"
    async with office.desk(ioc) as desk:
        form = await desk.get(f"{base}/publish")
        assert OVERRIDE not in form.text
        held = await desk.submit(form, f"{base}/publish", text="Đã chuyển đơn vị chức năng.")
        assert held.status == 422
        assert "Nêu rõ đã chuyển cho cơ quan nào" in held.text
        assert f'name="{OVERRIDE}"' in held.text
        assert "Đã chuyển đơn vị chức năng." in held.text
        sent = await desk.submit(
            held, f"{base}/publish", text="Đã chuyển đơn vị chức năng.", override_reason="Thuộc thẩm quyền trung ương."
        )
        assert sent.status == 303
        assert "Lý do vẫn gửi câu trả lời này:" in (await desk.get(base)).text


def exif_photo() -> bytes:
    """A picture that tells where it was taken."""
    image, exif, written = Image.new("RGB", (64, 48), "gray"), Image.Exif(), io.BytesIO()
    exif[0x013B] = "Canary Owner"
    exif.get_ifd(0x8825)[2] = (16.0, 27.0, 49.0)
    image.save(written, "JPEG", exif=exif)
    return written.getvalue()


SCAN = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.mark.rule("DL-II.2.1.B3", "QB-IV.1.2a.6")
async def test_a_scanned_reply_and_photos_are_evidence_of_a_result(office: Office) -> None:
    """By content, not by name: a program is refused with a sentence and nothing of the form is lost."""
    world = office.world
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    await issue(world, lights, case_id, "accept_dispatch")
    base = f"/console/ho-so/{case_id}"
    sent = {"result": ANSWER, "handled_at": "2026-11-23T07:30"}
    async with office.desk(lights) as desk:
        files = [("cong-van.pdf", SCAN), ("anh.jpg", exif_photo()), ("tra-loi.pdf", b"MZ\x90\x00 a program")]
        refused = await desk.send(f"{base}/submit_result", f"{base}/submit_result", evidence=files, **sent)
        assert refused.status == 422
        assert "tra-loi.pdf: Loại tệp này chưa được hỗ trợ." in refused.text
        assert ANSWER in refused.text
        kept = re.findall(r'name="kept_evidence" value="([0-9a-f]{64})" checked', refused.text)
        assert len(kept) == 2
        done = await desk.submit(refused, f"{base}/submit_result", kept_evidence=kept, **sent)
        assert done.status == 303
        page = await desk.get(base)

    (made,) = (await state_of(world, case_id)).dispatches[0].resolutions
    assert set(made.evidence) == set(kept)
    assert made.handled_at == datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    stored = [await world.deployment.media.open(key) for key in made.evidence]
    assert sorted(one.media_type for one in stored) == ["application/pdf", "image/jpeg"]
    assert all(b"Canary" not in one.data for one in stored)
    assert "Dự thảo văn bản trả lời" in page.text


@pytest.mark.rule("DL-II.2.1.B3")
async def test_a_scan_beyond_the_limit_is_refused_with_the_limit(office: Office) -> None:
    """In words that say what to do; nothing of it is kept."""
    media = office.world.deployment.media
    media._limits = MediaLimits(file=1024 * 1024)
    with pytest.raises(MediaTooLarge) as refused:
        await media.put_file(SCAN + b"\x20" * 1024 * 1024, subject_id="c1", name="cong-van.pdf")
    assert refused.value.vi == "Tài liệu không được lớn hơn 1 MB. Vui lòng giảm dung lượng và gửi lại."


@pytest.mark.rule("TG-8.1b", "QB-IV.1.3a")
async def test_a_leaders_one_tap_comes_back_with_the_draft_and_a_field_for_the_reason(office: Office) -> None:
    """What is empty is the draft: it stands beside the form, and the way to mend it is another move."""
    world = office.world
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    await issue(world, lights, case_id, "accept_dispatch")
    await issue(world, lights, case_id, "submit_result", result=ANSWER, draft_answer="Đã ghi nhận, sẽ xử lý.")
    base = f"/console/ho-so/{case_id}"
    async with office.desk(lights) as desk:
        held = await desk.send(base, f"{base}/approve")
        assert held.status == 422
        assert "Đã ghi nhận, sẽ xử lý." in held.text
        assert "Nêu rõ sẽ làm việc gì và ngày nào xong" in held.text
        sent = await desk.submit(held, f"{base}/approve", override_reason="Đã gặp trực tiếp người phản ánh.")
        assert sent.status == 303
    assert (await state_of(world, case_id)).stage == "awaiting_publication"


async def test_an_answer_is_looked_at_while_it_is_typed(office: Office) -> None:
    """What it does not say is said at once, with the letter it would become; masked, and nothing is stored."""
    world = office.world
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    await _handled(office, ioc, lights, case_id, evidence=[])
    base = f"/console/ho-so/{case_id}"
    before = (await state_of(world, case_id)).version
    async with office.desk(ioc) as desk:
        form = await desk.get(f"{base}/publish")
        hidden = next(fields for action, fields in form.forms().items() if action.startswith(f"{base}/publish"))
        hollow = await desk.post(f"{base}/publish/soan", {**hidden, "text": "Đã chuyển đơn vị chức năng."})
        fine = await desk.post(f"{base}/publish/soan", {**hidden, "text": ANSWER})
        empty = await desk.post(f"{base}/publish/soan", {**hidden, "text": ""})
        other = await desk.post(f"{base}/accept/soan", {**hidden, "text": ANSWER})
        forged = await desk.post(f"{base}/publish/soan", {"text": ANSWER})

    assert f'hx-post="{base}/publish/soan"' in form.text
    assert "Câu trả lời chưa nêu rõ kết quả" in hollow.text
    assert "Đã nêu rõ kết quả" in fine.text
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in fine.text
    assert ANSWER in fine.text
    assert "Nguyễn Văn An" not in fine.text
    assert "Văn bản sẽ gửi" not in empty.text
    assert [one.status for one in (hollow, fine, empty, other, forged)] == [200, 200, 200, 404, 403]
    assert (await state_of(world, case_id)).version == before


async def test_a_draft_of_an_agency_is_looked_at_too(office: Office) -> None:
    """It is the answer that the centre will send; a stranger to the case sees nothing of it."""
    world = office.world
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    water = await agency(world, WATER)
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    await issue(world, lights, case_id, "accept_dispatch")
    base = f"/console/ho-so/{case_id}"
    async with office.desk(lights) as desk:
        form = await desk.get(f"{base}/submit_result")
        hidden = next(fields for action, fields in form.forms().items() if action.startswith(f"{base}/submit_result"))
        shown = await desk.post(f"{base}/submit_result/soan", {**hidden, "draft_answer": "Ghi nhận, cảm ơn."})
    async with office.desk(water) as desk:
        token = next(iter((await desk.get("/console/thong-bao")).forms().values()))["csrf"]
        refused = await desk.post(f"{base}/submit_result/soan", {"csrf": token, "draft_answer": "x"})

    assert 'hx-trigger="load, input changed delay:600ms"' in form.text
    assert "Câu trả lời chưa nêu rõ kết quả" in shown.text
    assert refused.status == 404
