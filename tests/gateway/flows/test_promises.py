"""A promise with a date is an answer, not a result: who may not rate it is not asked to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gateway.api.staffing import centre, hire, issue, report
from tests.support.databases import on_both_engines
from tests.support.deployments import world_over

CITY, ASKED = "ubnd_thanh_pho", "Anh/chị có hài lòng không ạ?"
PROMISE = "Đang chờ vật tư, dự kiến xong ngày 10/12/2026."
DONE = "Đã trải lại mặt đường ngày 09/12/2026."


@on_both_engines
@pytest.mark.rule("DL-II.2.2c", "DL-II.2.3c.1")
async def test_a_promise_is_told_without_asking_for_a_verdict(database_url: str, tmp_path: Path) -> None:
    """Under Đắk Lắk only the result is rated, and only then is somebody asked."""
    async with world_over(database_url, tmp_path, regulation="dak_lak") as world:
        ioc, focal = await centre(world), await hire(world, "Lý Văn Dũng", ("focal", CITY))
        case_id = await report(world)
        await issue(world, ioc, case_id, "accept")
        await issue(world, ioc, case_id, "dispatch", agencies=[CITY], urgency="long")
        await issue(world, focal, case_id, "commit_interim", status="Chờ vật tư", promised_date="2026-12-10")
        await issue(world, ioc, case_id, "publish", text=PROMISE)
        promised = world.mail.mails[-1].shown()["text"]
        await issue(world, focal, case_id, "submit_result", result="Xong.", handled_at="2026-11-20T08:00:00+07:00")
        await issue(world, ioc, case_id, "publish", text=DONE)
        result = world.mail.mails[-1].shown()["text"]

    assert (PROMISE in promised, ASKED in promised) == (True, False)
    assert (DONE in result, ASKED in result) == (True, True)
