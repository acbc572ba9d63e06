"""Letters over the API: three forms, the same rights as the case, names only where revealed; a look at an answer."""

from __future__ import annotations

from functools import partial

import pytest

from core.storage import people
from tests.core.letters.samples import letters_of, pages_of
from tests.gateway.api.conftest import Caller
from tests.gateway.api.staffing import LIGHTS, answered, report
from tests.support.deployments import World

ANSWER = "Đơn vị đã thay bóng đèn ngày 23/11/2026."


@pytest.mark.rule("TG-P2", "QB-IV.3")
async def test_the_letter_as_page_pdf_and_text(world: World, ioc: Caller, lights: Caller) -> None:
    """Nothing to say before there is a result; masked until revealed, which is noted."""
    case_id = await report(world)
    path = f"/cases/{case_id}/letters/result"
    assert (await ioc("GET", path)).status == 404
    assert (await lights("GET", path)).status == 404
    await answered(world, ioc.member, lights.member, case_id)

    page = await ioc("GET", path)
    text = await ioc("GET", path, params={"format": "txt"})
    pdf = await ioc("GET", path, params={"format": "pdf"})
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert text.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert pdf.headers["Content-Type"] == "application/pdf"
    for body in (page.json.decode(), text.json.decode()):
        assert ANSWER in body
        assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in body
        assert "Nguyễn Văn An" not in body
    assert pages_of(pdf.json) == 1
    assert await _noted(world, case_id) == []

    clear = await ioc("GET", path, params={"format": "pdf", "reveal": "true"})
    assert set("NguyễnVănAn") <= set(letters_of(clear.json))
    assert set(await _noted(world, case_id)) == {"identity", "letter"}


async def _noted(world: World, case_id: str) -> list[str]:
    rows = await world.deployment.database.read(partial(people.accesses, ref=case_id))
    return [what for _, _, what in rows]


@pytest.mark.rule("TG-9.1b", "QB-IV.1.4a.2", "TG-5.4")
async def test_an_agency_may_not_reveal_who_asked_for_secrecy(world: World, ioc: Caller, lights: Caller) -> None:
    """403, and no letter with a name."""
    case_id = await report(world)
    await ioc.issue(case_id, "set_confidential", confidential=True)
    await ioc.issue(case_id, "accept")
    await ioc.issue(case_id, "dispatch", agencies=[LIGHTS])
    await lights.issue(case_id, "accept_dispatch")
    await lights.issue(case_id, "submit_result", result=ANSWER)
    path = f"/cases/{case_id}/letters/result"

    assert (await lights("GET", path, params={"reveal": "true"})).status == 403
    masked = await lights("GET", path, params={"format": "txt"})
    assert masked.status == 200
    assert "Nguyễn Văn An" not in masked.json.decode()


async def test_a_draft_is_seen_before_it_is_sent(world: World, ioc: Caller) -> None:
    """Also the official letter of DL-II.1u; an unknown file is no picture of this case."""
    case_id = await report(world)
    path = f"/cases/{case_id}/letters"
    result = await ioc("POST", f"{path}/result/preview", json={"text": ANSWER, "media": ["f" * 64]})
    official = await ioc(
        "POST",
        f"{path}/official/preview",
        json={"text": "Đề nghị kiểm tra nội dung phản ánh.", "agency": LIGHTS, "reference": "12/TTĐH"},
        params={"format": "txt"},
    )
    assert "Bản xem trước" in result.json.decode()
    assert "<img" not in result.json.decode()
    words = official.json.decode()
    name = world.deployment.regulation.agencies.name(LIGHTS)
    assert f"Kính gửi: {name}" in words
    assert "Số: 12/TTĐH" in words
    assert (await ioc("GET", f"{path}/official")).status == 404
    assert (await ioc("POST", f"{path}/result/preview", json={"text": ""})).status == 422
    assert (await ioc("GET", f"{path}/result", params={"format": "docx"})).status == 400


async def test_an_answer_is_looked_at_before_it_is_sent(world: World, ioc: Caller, lights: Caller) -> None:
    """What there is to say against it, in words that help; 422 with the same code where it is sent all the same."""
    case_id = await report(world)
    path = f"/cases/{case_id}/answers/check"
    found = await ioc("POST", path, json={"text": "Ghi nhận ý kiến của ông bà."})
    assert [one["code"] for one in found.json["objections"]] == ["noted"]
    assert (await ioc("POST", path, json={"text": ANSWER})).json == {"objections": []}
    assert (await lights("POST", path, json={"text": ANSWER})).status == 404

    await answered(world, ioc.member, lights.member, case_id)
    refused = await ioc("POST", f"/cases/{case_id}/commands/publish", json={"text": "Ghi nhận ý kiến."})
    assert (refused.status, refused.json["code"]) == (409, "stage_not_allowed")
