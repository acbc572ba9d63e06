"""Other systems on a page: begun, given another secret, tried, sent again what they missed, ended."""

from __future__ import annotations

import re

from core.storage.tables import outbox
from tests.gateway.api.staffing import LIGHTS, centre, hire, report
from tests.gateway.console.office import Office

PAGE = "/console/lien-thong"
NEW = f"{PAGE}/moi"
GIVEN = {"name": "bao-tinh", "label": "Báo tỉnh", "kind": "webhook", "url": "https://bao.example.vn/phan-anh"}
SECRET = re.compile(r"<code>(whsec_[A-Za-z0-9+/=]+)</code>")


async def test_a_link_lives_on_its_page_from_its_secret_to_its_end(office: Office) -> None:
    """What failed is sent again with one click; the secret is shown once."""
    world = office.world
    admin = await hire(world, "Quản trị", ("admin", ""))
    async with office.desk(admin) as desk:
        made = await desk.send(PAGE, NEW, **GIVEN)
        await report(world)
        gone = outbox.update().where(outbox.c.channel == "link/bao-tinh").values(state="failed")
        await world.deployment.database.write(lambda connection: connection.execute(gone))
        shown, stopped = await desk.get(PAGE), await desk.get("/console/hop-gui")
        again = await desk.send(PAGE, PAGE, ten="bao-tinh", viec="gui-lai")
        tried = await desk.send(PAGE, PAGE, ten="bao-tinh", viec="thu-lien-thong")
        waits = await desk.get(tried.location)
        other = await desk.send(PAGE, PAGE, ten="bao-tinh", viec="doi-khoa")
        ended = await desk.send(PAGE, PAGE, ten="bao-tinh", viec="het-lien-thong")
        late = await desk.submit(shown, PAGE, ten="bao-tinh", viec="doi-khoa")
        nonsense = await desk.submit(shown, PAGE, ten="bao-tinh", viec="no-tung")
        last = await desk.get(PAGE)

    first, second = (SECRET.search(page.text) for page in (made, other))
    assert first is not None
    assert second is not None
    assert first[1] != second[1]
    assert first[1] not in shown.text
    assert "Gửi lại tin lỗi" in shown.text
    assert f'<a href="{PAGE}">Liên thông</a></span>' in stopped.text
    assert "/console/hoi-thoai/" not in stopped.text.partition("<main")[2]
    assert again.location == f"{PAGE}?xong=gui-lai"
    assert '<td data-label="Chờ gửi">2</td>' in waits.text
    assert ended.location == f"{PAGE}?xong=het-lien-thong"
    assert (late.status, nonsense.status) == (409, 400)
    assert "Đã kết thúc" in last.text
    assert 'name="ten"' not in last.text


async def test_what_cannot_be_is_said_beside_what_was_typed(office: Office) -> None:
    """Nothing is stored, and nothing has to be typed again."""
    admin = await hire(office.world, "Quản trị", ("admin", ""))
    async with office.desk(admin) as desk:
        inside = await desk.send(PAGE, NEW, **{**GIVEN, "url": "https://10.0.0.1/"})
        roleless = await desk.send(PAGE, NEW, **{**GIVEN, "kind": "agency", "agency": LIGHTS})

    assert [page.status for page in (inside, roleless)] == [422, 422]
    assert "nằm ngoài mạng nội bộ" in inside.text
    assert 'value="https://10.0.0.1/"' in inside.text
    assert "cơ quan đang hoạt động và vai trò" in roleless.text
    assert await office.world.deployment.clerk.links.all() == ()


async def test_only_administrators_see_it(office: Office) -> None:
    """Secrets of other systems are no business of the desk's."""
    async with office.desk(await centre(office.world)) as desk:
        assert (await desk.get(PAGE)).status == 403
