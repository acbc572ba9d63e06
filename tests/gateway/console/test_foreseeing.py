"""Before anything is public: the portal's own page of it, a text without names, and nothing stored by looking."""

from __future__ import annotations

from core.service.actors import Member
from tests.gateway.api.staffing import LIGHTS, agency, centre, issue, report
from tests.gateway.console.office import Answer, Desk, Office
from tests.support.databases import on_both_engines

ANSWER = "Đơn vị đã thay bóng đèn ngày 23/11/2026."


async def to_publish(office: Office) -> tuple[Member, str]:
    """A case whose result waits for the editor."""
    world = office.world
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    await issue(world, lights, case_id, "accept_dispatch")
    await issue(world, lights, case_id, "submit_result", result="Đã thay bóng đèn.")
    await issue(world, lights, case_id, "approve")
    return ioc, f"/console/ho-so/{case_id}"


async def ask(desk: Desk, case: str, act: str, text: str) -> Answer:
    """The form of publication, sent by one of its other buttons."""
    form = await desk.get(f"{case}/publish")
    hidden = next(fields for action, fields in form.forms().items() if action.partition("?")[0] == f"{case}/publish")
    return await desk.post(f"{case}/publish/{act}", {**hidden, "text": text})


@on_both_engines
async def test_the_preview_is_the_public_page_and_stores_nothing(office: Office) -> None:
    """The same words, steps and agency; the case and the public list stay as they were."""
    ioc, case = await to_publish(office)
    async with office.desk(ioc) as desk:
        before = await desk.get(f"{case}/publish")
        seen = await ask(desk, case, "xem-cong-khai", ANSWER)
        after, public = await desk.get(f"{case}/publish"), await desk.get("/cong-khai")
        done = await desk.send(f"{case}/publish", f"{case}/publish", text=ANSWER)
        result = await desk.get("/cong-khai/" + case.rpartition("/")[2])

    assert "Xem như người dân" in before.text
    assert "Bản xem trước, chưa công khai" in seen.text
    assert "thông tin của người phản ánh" not in seen.text
    assert before.forms().keys() == after.forms().keys()
    assert ANSWER not in public.text
    assert done.status == 303
    shown = [page.text.partition('aria-labelledby="tra-loi"')[2].partition("</main>")[0] for page in (seen, result)]
    assert ANSWER in shown[0]
    assert [_without_times(one) for one in shown[:1]] == [_without_times(one) for one in shown[1:]]


def _without_times(text: str) -> str:
    return "".join(part.partition(">")[2] for part in text.split("<"))


async def test_names_are_seen_before_and_starred_out_on_request(office: Office) -> None:
    """The name and the number that the reporter gave; the rest of the words stays."""
    ioc, case = await to_publish(office)
    text = "Cảm ơn anh Nguyễn Văn An (0900 000 001), đơn vị đã thay bóng đèn ngày 23/11/2026."
    async with office.desk(ioc) as desk:
        warned = await ask(desk, case, "xem-cong-khai", text)
        form = await ask(desk, case, "che-ten", text)

    assert "Nội dung còn thông tin của người phản ánh." in warned.text
    written = form.text.partition('<textarea id="text"')[2].partition("</textarea>")[0]
    assert "Nguyễn Văn An" not in written
    assert "0900 000 001" not in written
    assert "đơn vị đã thay bóng đèn ngày 23/11/2026." in written


async def test_what_would_be_refused_or_not_listed_is_said(office: Office) -> None:
    """A vague answer, an answer that may not be public any more, a refusal that no list shows, no page at all."""
    ioc, case = await to_publish(office)
    other = f"/console/ho-so/{await report(office.world)}"
    async with office.desk(ioc) as desk:
        vague = await ask(desk, case, "xem-cong-khai", "Đã tiếp thu.")
        form = next(fields for name, fields in (await desk.get(f"{case}/publish")).forms().items() if "publish" in name)
        await issue(office.world, ioc, case.rpartition("/")[2], "set_confidential", confidential=True)
        hidden = await desk.post(f"{case}/publish/xem-cong-khai", {**form, "text": ANSWER})
        ground = (await desk.get(f"{other}/decline")).text.partition('name="reason_code"')[2].partition('value="')[2]
        wanted = {"csrf": form["csrf"], "reason": "Không rõ nơi xảy ra.", "reason_code": ground.partition('"')[0]}
        declined = await desk.post(f"{other}/decline/xem-cong-khai", wanted)
        none = await desk.post(f"{case}/accept/xem-cong-khai", {"csrf": form["csrf"]})

    assert (vague.status, none.status) == (422, 404)
    assert "Chưa công khai được" in vague.text
    assert "Chưa công khai được" in hidden.text
    assert "không hiện trong danh sách kết quả công khai" in declined.text
