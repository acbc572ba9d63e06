"""
What people ask about their data, carried out on a whole deployment (VN-4): by when, by whom, what stays, what goes.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from core.contract.schema import Consent, Report
from core.intake.fold import fold
from core.service.reading import CaseReader
from core.service.reading.base import Restricted
from core.service.subjects.taking import Entering
from core.service.subjects.words import Asked
from core.storage import backup, case_search, consents, contacts, reports, restrictions
from core.storage.case_search import Search
from core.storage.reports import ReportRow
from core.subjects.request import MoveRefused, ProvedBy, Request, State, Via
from core.subjects.rights import Right
from gateway.admin.services import auditor_of, subject_desk_of
from gateway.deployment import Deployment, open_deployment
from gateway.restoring import restore_archive, restore_key_backup
from tests.core.service.test_erasing import CANARY, WORD, back_up, only_case, work_it, write_everything
from tests.gateway.api.staffing import centre
from tests.support.canary import find_in_files, find_in_texts
from tests.support.databases import on_both_engines
from tests.support.deployments import World, settings_for
from tests.support.letters import received, write_mail
from tests.support.opened import everything_readable

pytestmark = pytest.mark.rule("VN-4")


async def only_report(world: World) -> ReportRow:
    """The one report there is."""
    case = await only_case(world)
    return await world.deployment.database.read(partial(reports.by_code, code=case.code))


def opened(world: World, row: ReportRow) -> Report:
    """What stands in it."""
    assert row.content_sealed is not None
    return world.deployment.safe.open_model(
        row.content_sealed, Report, subject_id=row.contact_id, place=f"report:{row.id}"
    )


async def asked(world: World, right: Right, *, by: ProvedBy = ProvedBy.CODE, **corrections: str) -> Request:
    """A request of the one reporter there is."""
    row = await only_report(world)
    words = Asked(text="Xin xem xét.", corrections=corrections)
    wish = Entering(row.contact_id, right, Via.PORTAL, by, words, row.code)
    return await world.deployment.clerk.requests.take(wish)


@on_both_engines
async def test_a_request_is_answered_carried_out_and_told(world: World) -> None:
    """The copy holds every word of the person as a page and as JSON, and their files; only after it was granted."""
    await write_everything(world)
    desk, staff = subject_desk_of(world.deployment), await centre(world)
    request = await asked(world, Right.ACCESS)
    again = await asked(world, Right.ACCESS)
    sent, into = len(received(world)), io.BytesIO()

    answered = await desk.answer(request.id, 1, actor=staff.id)
    done = await desk.carry_out(request.id, answered.version, actor=staff.id, text="Mời Quý vị tải bản sao.")
    await world.settle()
    await desk.copy(request.id, into, actor=staff.id)

    assert again.id == request.id
    assert (done.state, len(received(world))) == (State.FINISHED, sent + 2)
    with zipfile.ZipFile(into) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    told = json.loads(files["du-lieu.json"])
    assert told["trao_doi"][0]["dia_chi"] == f"{WORD}@hopthu.example.vn"
    assert CANARY in told["phan_anh"][0]["content_as_sent"]
    assert CANARY in files["du-lieu.html"].decode()
    assert any(f"Ghi chú của {CANARY}".encode() in data for name, data in files.items() if name.startswith("tep/"))
    assert [step.move for step in (await desk.dossier(request.id)).steps] == ["asked", "answered", "finished"]


async def test_who_is_not_proved_is_told_nothing_and_changes_nothing(world: World) -> None:
    """A voice on the telephone that knows a code is nobody yet."""
    await write_everything(world)
    desk, staff = subject_desk_of(world.deployment), await centre(world)
    request = await asked(world, Right.ERASURE, by=ProvedBy.NOTHING)

    with pytest.raises(MoveRefused, match="xác minh"):
        await desk.carry_out(request.id, 1, actor=staff.id)
    assert (await only_report(world)).content_sealed is not None

    proved = await desk.prove(request.id, 1, ProvedBy.PAPERS, actor=staff.id, note="Đã xem giấy tờ tại quầy.")
    done = await desk.carry_out(request.id, proved.version, actor=staff.id)
    assert done.state is State.FINISHED


@on_both_engines
async def test_an_erasure_says_its_last_word_and_leaves_none_of_the_person(world: World) -> None:
    """Nor of what they asked and of what staff noted about it; that it was asked and done stays."""
    await write_everything(world)
    desk, staff = subject_desk_of(world.deployment), await centre(world)
    row, sent = await only_report(world), len(received(world))
    wish = Entering(
        row.contact_id, Right.ERASURE, Via.PORTAL, ProvedBy.CODE, Asked(text=f"Xóa giúp {CANARY}"), row.code
    )
    request = await world.deployment.clerk.requests.take(wish)
    proved = await desk.prove(request.id, 1, ProvedBy.CALL_BACK, actor=staff.id, note=f"Đã gọi cho {CANARY} {WORD}.")

    await desk.carry_out(request.id, proved.version, actor=staff.id, text="Đã xóa dữ liệu của Quý vị.")
    await world.settle()

    assert "Đã xóa dữ liệu của Quý vị." in str(received(world)[-1])
    assert len(received(world)) == sent + 1
    assert find_in_texts(await everything_readable(world), [CANARY, WORD]) == []
    kept = await desk.dossier(request.id)
    assert (kept.request.state, kept.code, kept.asked.text) == (State.FINISHED, "", "")
    assert [step.note for step in kept.steps] == ["", "", ""]
    assert (await auditor_of(world.deployment).verify()).findings == []


async def test_a_granted_erasure_holds_everywhere_and_against_a_backup_of_before(world: World, tmp_path: Path) -> None:
    """Database, its log, files, journal, search; then the old archive is restored with the keys of today: nobody."""
    await write_everything(world)
    row = await only_report(world)
    await work_it(world, (await only_case(world)).id, answer=f"Đã thay đèn cho {CANARY} {WORD}.")
    desk, staff = subject_desk_of(world.deployment), await centre(world)
    await back_up(world, tmp_path / "before")
    assert await found_by_words(world.deployment) == 1
    assert find_in_texts(await everything_readable(world), [WORD])

    wish = Entering(row.contact_id, Right.ERASURE, Via.PORTAL, ProvedBy.CODE, Asked(text=f"Xóa {CANARY}"), row.code)
    request = await world.deployment.clerk.requests.take(wish)
    await desk.carry_out(request.id, 1, actor=staff.id)
    await world.settle()
    await backup.back_up_keys(world.deployment.keys.database, tmp_path / "keys", now=world.clock())
    key = world.deployment.settings.master_key_reference
    settings = settings_for(tmp_path / "restored", master_key=key)
    await restore_key_backup(settings, tmp_path / "keys")
    restored = await restore_archive(settings, tmp_path / "before")

    assert restored["erased_again"] == 1
    async with open_deployment(settings, now=world.clock) as later:
        for one in (world, replace(world, deployment=later)):
            assert find_in_texts(await everything_readable(one), [CANARY, WORD]) == []
            assert await found_by_words(one.deployment) == 0
            assert (await auditor_of(one.deployment).verify()).findings == []
    assert find_in_files(tmp_path, [CANARY, WORD]) == []


async def found_by_words(deployment: Deployment) -> int:
    """How many cases the search of staff finds by what the canary's mail said."""
    asked = Search(text=f'"{fold("đèn đường trước số 12")}"')
    return len(await deployment.database.read(partial(case_search.search, wanted=asked)))


@on_both_engines
async def test_a_correction_changes_who_somebody_is_and_where_they_are_found(world: World) -> None:
    """In the contact and in every report; the old number finds them no more, what was said stays as it was."""
    await write_mail(world, "Đèn đường trước số 12 Lê Lợi hỏng. Tôi là Nguyễn Văn Am, số 0900 000 001.")
    desk, staff = subject_desk_of(world.deployment), await centre(world)
    before = opened(world, await only_report(world))
    request = await asked(world, Right.CORRECTION, name="Nguyễn Văn An", phone="0900 000 002")
    wrong = await desk.carry_out(request.id, 1, actor=staff.id)

    after = opened(world, await only_report(world))
    assert wrong.state is State.FINISHED
    assert (after.reporter.name, after.reporter.phones) == ("Nguyễn Văn An", ("+84900000002",))
    assert after.content_as_sent == before.content_as_sent
    blind = world.deployment.safe.blind
    found = partial(_contacts_at, blinds=[blind.phone("0900000001"), blind.phone("0900000002")])
    assert await world.deployment.database.read(found) == [None, after.contact_id]


async def test_a_correction_of_nothing_or_to_no_number_is_not_carried_out(world: World) -> None:
    """It says what is missing."""
    await write_everything(world)
    desk, staff = subject_desk_of(world.deployment), await centre(world)
    empty = await asked(world, Right.CORRECTION)
    with pytest.raises(MoveRefused, match="chưa ghi"):
        await desk.carry_out(empty.id, 1, actor=staff.id)
    await desk.take_back(empty.id, 1)
    wrong = await asked(world, Right.CORRECTION, phone="113")
    with pytest.raises(MoveRefused, match="Số điện thoại"):
        await desk.carry_out(wrong.id, 1, actor=staff.id)


@on_both_engines
async def test_a_restriction_stops_publishing_until_it_is_lifted(world: World) -> None:
    """What stood among the results is taken down, and what happens in the case later does not bring it back."""
    await write_everything(world)
    case = await only_case(world)
    await work_it(world, case.id, answer="Đơn vị đã thay bóng đèn ngày 23/11/2026.")
    desk, staff = subject_desk_of(world.deployment), await centre(world)
    request = await asked(world, Right.RESTRICTION)
    shown = partial(reports.publication_of, case_id=case.id)
    assert await world.deployment.database.read(shown) is not None

    await desk.carry_out(request.id, 1, actor=staff.id)
    assert await world.deployment.database.read(shown) is None
    assert await world.deployment.database.read(partial(restrictions.held_among, contact_ids=[request.contact_id]))

    await desk.lift(request.id, actor=staff.id, reason="Người yêu cầu đề nghị.")
    assert await world.deployment.database.read(shown) is not None


async def test_a_withdrawn_consent_stays_in_the_ledger_and_what_it_covered_goes(world: World) -> None:
    """The ledger tells what was shown, in which version, when it was given and withdrawn."""
    await write_mail(world, "Đèn đường trước số 12 Lê Lợi hỏng. Tôi là Nguyễn Văn An, số 0900 000 001.")
    desk, staff = subject_desk_of(world.deployment), await centre(world)
    row = await only_report(world)
    agreed = Consent.given("Tôi đồng ý.", covers=("name", "phone"), channel="web", at=world.clock())
    note = partial(consents.note, given=agreed, report_id=row.id, contact_id=row.contact_id)
    await world.deployment.database.write(note)
    request = await asked(world, Right.WITHDRAWAL)

    await desk.carry_out(request.id, 1, actor=staff.id)

    after = opened(world, await only_report(world))
    assert (after.reporter.name, after.reporter.phones) == ("", ())
    (kept,) = await world.deployment.database.read(partial(consents.of_contact, contact_id=row.contact_id))
    assert (kept.withdrawn_at, kept.request_id) == (world.clock(), request.id)
    (wording,) = await world.deployment.database.read(consents.wordings)
    assert (wording.text, wording.given, wording.withdrawn) == ("Tôi đồng ý.", 1, 1)


async def test_a_wish_to_be_erased_in_a_conversation_lies_on_the_desk(world: World) -> None:
    """With its times, by message, proved by nothing yet."""
    await write_mail(world, "Đèn đường trước số 12 Lê Lợi hỏng ba hôm nay.")
    await write_mail(world, "Xóa thông tin cá nhân của tôi trên hệ thống.")

    (kept,) = await subject_desk_of(world.deployment).waiting()

    assert (kept.request.right, kept.request.via, kept.request.proved_by) == (
        Right.ERASURE,
        Via.MESSAGE,
        ProvedBy.NOTHING,
    )


async def test_two_who_move_at_once_are_told_of_each_other(world: World) -> None:
    """The second sees that the request is not as it was."""
    await write_everything(world)
    desk, staff = subject_desk_of(world.deployment), await centre(world)
    request = await asked(world, Right.ACCESS)
    await desk.answer(request.id, 1, actor=staff.id)
    with pytest.raises(MoveRefused, match="người khác"):
        await desk.refuse(request.id, 1, "others", actor=staff.id)


def _contacts_at(connection: object, *, blinds: list[str]) -> list[str | None]:

    known = contacts.at_addresses(connection, blinds)  # type: ignore[arg-type]
    return [known.get(one) for one in blinds]


@pytest.mark.rule("TG-11.1")
async def test_who_restricted_processing_is_shown_to_nobody_and_handed_to_nobody(world: World) -> None:
    """Neither on the case nor in the conversation nor in a file for a state body, however much somebody wishes it."""
    await write_everything(world)
    desk, staff = subject_desk_of(world.deployment), await centre(world)
    request, case = await asked(world, Right.OBJECTION), await only_case(world)
    talk = (await desk.dossier(request.id)).talk_id
    deployment = world.deployment
    reader = CaseReader(deployment.database, safe=deployment.safe, regulation=deployment.regulation, now=world.clock)
    assert (await reader.conversation(talk, staff, reveal=True)).address.startswith(WORD)

    await desk.carry_out(request.id, 1, actor=staff.id)

    with pytest.raises(Restricted):
        await reader.case_page(case.id, staff, reveal=True)
    with pytest.raises(Restricted):
        await reader.conversation(talk, staff, reveal=True)
    with pytest.raises(Restricted):
        await reader.contact(request.contact_id, staff, reveal=True)
    masked = await reader.case_page(case.id, staff)
    assert f"{WORD}@" not in masked.model_dump_json()
