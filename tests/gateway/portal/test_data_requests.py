"""What somebody asks about their own data on our pages: only once they are known, with its times, and their copy."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from core.subjects.request import State
from gateway.admin.services import subject_desk_of
from tests.gateway.api.staffing import centre
from tests.gateway.portal.citizen import Citizen

PAGE = "/du-lieu-cua-ban/yeu-cau"
pytestmark = pytest.mark.rule("VN-4")


async def test_a_stranger_is_told_how_to_become_known_and_nothing_else(citizen: Citizen) -> None:
    """No form, no answer to one that is sent all the same."""
    page = await citizen.see(PAGE)
    assert not page.has_form(PAGE)
    assert "/tra-cuu" in page.html
    about = await citizen.see("/du-lieu-cua-ban")
    assert PAGE in about.html


async def test_a_copy_is_asked_for_granted_and_loaded_by_its_own_person_only(citizen: Citizen) -> None:
    """The page says by when; the zip comes after the desk granted it, and to nobody else's browser."""
    code, pin = await citizen.reported(name="Nguyễn Văn An", phone="0900 000 001", consent="1")
    other_code, other_pin = await citizen.reported()
    await citizen.open(code, pin)
    form = (await citizen.see(PAGE)).form(PAGE)
    wrong = await citizen.send(form)
    asked = await citizen.send(form, add=(("right", "access"),), text="Cho tôi xin bản sao.")
    desk, staff = subject_desk_of(citizen.deployment), await centre(citizen.world)
    (kept,) = await desk.waiting()
    path = f"{PAGE}/{kept.request.id}/ban-sao.zip"
    early = await citizen.see(path)

    await desk.carry_out(kept.request.id, kept.request.version, actor=staff.id)
    async with citizen.client.get(path) as response:
        body = await response.read()
    later = await citizen.see(PAGE)
    letter = path.replace("ban-sao.zip", "van-ban.pdf")
    async with citizen.client.get(letter) as response:
        assert (await response.read()).startswith(b"%PDF")
    await citizen.open(other_code, other_pin)
    elsewhere, theirs = await citizen.see(path), await citizen.see(letter)

    assert letter in later.html
    assert (wrong.status, early.status, elsewhere.status, theirs.status) == (422, 404, 404, 404)
    assert "Yêu cầu đã được nhận" in asked.text
    assert "Chậm nhất:" in asked.text
    assert "Yêu cầu đã được thực hiện" in later.text
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        told = json.loads(archive.read("du-lieu.json"))
    assert told["nguoi"]["name"] == "Nguyễn Văn An"
    assert [one["code"] for one in told["phan_anh"]] == [code.replace(" ", "")]
    assert told["su_dong_y"][0]["cho"] == ["name", "phone"]


async def test_a_correction_needs_something_to_correct_and_can_be_taken_back(citizen: Citizen) -> None:
    """A slip in a number is told at once; whoever takes the request back ends it."""
    code, pin = await citizen.reported(name="Nguyễn Văn Am", phone="0900 000 001", consent="1")
    await citizen.open(code, pin)
    form = (await citizen.see(PAGE)).form(PAGE)
    right = (("right", "correction"),)
    empty = await citizen.send(form, add=right)
    slip = await citizen.send(form, add=right, phone="12")
    good = await citizen.send(form, add=right, name="Nguyễn Văn An")
    desk = subject_desk_of(citizen.deployment)
    (kept,) = await desk.waiting()
    back = f"{PAGE}/{kept.request.id}/rut"

    ended = await citizen.send(good.form(back))

    assert (empty.status, slip.status) == (422, 422)
    assert "Số điện thoại chưa đúng" in slip.text
    assert "Yêu cầu đã được rút" in ended.text
    assert (await desk.dossier(kept.request.id)).request.state is State.TAKEN_BACK
    assert (await desk.dossier(kept.request.id)).asked.corrections == {"name": "Nguyễn Văn An"}
