"""What nobody can take back is asked about twice: the form says what will happen, the server wants the mark."""

from __future__ import annotations

import pytest

from core.storage import cases
from gateway.admin.services import letting_go_of
from gateway.console.confirming import FIELD, UNCONFIRMED
from tests.gateway.api.staffing import centre, report
from tests.gateway.console.office import Office


async def form(office: Office) -> tuple[str, str]:
    """The case, and where its form for diverting is."""
    case_id = await report(office.world)
    return case_id, f"/console/ho-so/{case_id}/divert"


async def stage(office: Office, case_id: str) -> str:
    """Where the case stands."""
    return (await office.world.deployment.database.read(lambda one: cases.load(one, case_id))).stage


@pytest.mark.rule("VN-1", "VN-2")
async def test_diverting_says_what_will_happen_and_waits_for_the_mark(office: Office) -> None:
    """Nothing happens without it; what was chosen is still chosen."""
    ioc, (case_id, address) = await centre(office.world), await form(office)
    async with office.desk(ioc) as desk:
        shown = await desk.get(address)
        before = await stage(office, case_id)
        slip = await desk.submit(shown, address, kind="denunciation")

        assert "bị xóa vĩnh viễn" in shown.text
        assert f'name="{FIELD}"' in shown.text
        assert "<script>" not in shown.text
        assert slip.status == 422
        assert UNCONFIRMED in slip.text
        assert 'value="denunciation" checked' in slip.text or 'value="denunciation" selected' in slip.text
        assert await stage(office, case_id) == before

        meant = await desk.submit(slip, address, kind="denunciation", **{FIELD: "1"})

    assert meant.status == 303
    assert await letting_go_of(office.world.deployment).run_once() == 1


async def test_other_moves_ask_for_no_mark(office: Office) -> None:
    """Only what destroys does."""
    ioc, case_id = await centre(office.world), await report(office.world)
    async with office.desk(ioc) as desk:
        shown = await desk.get(f"/console/ho-so/{case_id}/decline")

    assert shown.status == 200
    assert FIELD not in shown.text
