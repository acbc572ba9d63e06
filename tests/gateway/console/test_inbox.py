"""The inbox: whatever waits, by whatever channel it came, in one list that can be narrowed."""

from __future__ import annotations

from core.storage import staff_lists
from tests.gateway.api.staffing import agency, centre, hire, issue, report
from tests.gateway.console.office import Answer, Office
from tests.support.calls import CALL, hand_over, leave_call
from tests.support.databases import on_both_engines
from tests.support.letters import write_mail


async def all_sorts(office: Office) -> tuple[str, str, str]:
    """A case, a conversation and a call that wait: their references on the page."""
    world = office.world
    case_id = await report(world)
    await world.pass_time(minutes=1)
    await write_mail(world, "Tôi muốn gặp nhân viên.", sender="binh@hopthu.example.vn", subject="Hỏi")
    leave_call(world)
    await hand_over(world)
    (talk, *_) = [row for row in await world.deployment.database.read(staff_lists.attended) if row.channel == "email"]
    return f"case:{case_id}", f"talk:{talk.id}", f"call:{CALL}"


def refs(page: Answer) -> list[str]:
    """What is listed, in order."""
    return [part.partition('"')[0] for part in page.text.split('data-ref="')[1:]]


@on_both_engines
async def test_everything_that_waits_stands_in_one_list(office: Office) -> None:
    """A case, a mail and a call; each queue alone by its tab; by channel, by person, by lateness."""
    ioc = await centre(office.world)
    case, talk, call = await all_sorts(office)
    async with office.desk(ioc) as desk:
        everything = await desk.get("/console")
        by = {
            query: refs(await desk.get(f"/console?{query}"))
            for query in ("loai=hoi-thoai", "loai=cuoc-goi", "loai=ho-so", "kenh=call_center", "cua=toi", "han=qua")
        }

    assert {case, talk, call} <= set(refs(everything))
    assert refs(everything).index(talk) < refs(everything).index(case)  # who waits comes before what has no limit
    assert "Tôi muốn gặp nhân viên." in everything.text
    assert talk in by["loai=hoi-thoai"]
    assert (case in by["loai=hoi-thoai"], by["loai=ho-so"]) == (False, [case])
    assert by["loai=cuoc-goi"] == [call]
    assert call in by["kenh=call_center"]
    assert talk not in by["kenh=call_center"]
    assert by["cua=toi"] == []
    assert case not in by["han=qua"]


async def test_filters_stay_in_the_addresses_of_the_page(office: Office) -> None:
    """From one queue to the next, and to the form that changes them."""
    ioc = await centre(office.world)
    await all_sorts(office)
    async with office.desk(ioc) as desk:
        page = await desk.get("/console?loai=hoi-thoai&kenh=email")

    assert 'href="/console?loai=cuoc-goi&amp;kenh=email"' in page.text
    assert '<input type="hidden" name="loai" value="hoi-thoai">' in page.text
    assert '<option value="email" selected>' in page.text
    assert 'href="/console?loai=hoi-thoai">Bỏ lọc' in page.text


async def test_what_is_mine_is_what_i_have_taken(office: Office) -> None:
    """A conversation with its attendant's name for everybody else."""
    ioc, other = await centre(office.world), await hire(office.world, "Lê Thị Hoa", ("receptionist", ""))
    _, talk, _ = await all_sorts(office)
    base = f"/console/hoi-thoai/{talk.removeprefix('talk:')}"
    async with office.desk(ioc) as desk, office.desk(other) as another:
        await desk.send(base, f"{base}/tiep-nhan")
        mine, theirs = await desk.get("/console?cua=toi"), await another.get("/console?cua=toi")
        seen = await another.get("/console?loai=hoi-thoai")

    assert refs(mine) == [talk]
    assert refs(theirs) == []
    assert "Trần Thị Bình</span>" in seen.text


async def test_the_open_page_gets_the_list_anew_only_where_it_changed(office: Office) -> None:
    """204 for the same list; a new one after somebody answered; a fragment, no page."""
    ioc = await centre(office.world)
    _, talk, _ = await all_sorts(office)
    base = f"/console/hoi-thoai/{talk.removeprefix('talk:')}"
    async with office.desk(ioc) as desk:
        shown = await desk.get("/console?loai=hoi-thoai")
        fresh = shown.text.partition('hx-get="')[2].partition('"')[0].replace("&amp;", "&")
        same = await desk.get(fresh)
        await desk.send(base, f"{base}/dong")
        changed = await desk.get(fresh)

    assert fresh.startswith("/console/hang-viec?loai=hoi-thoai&")
    assert same.status == 204
    assert changed.status == 200
    assert "<html" not in changed.text
    assert talk not in refs(changed)


async def test_an_agency_sees_no_conversation_and_no_call(office: Office) -> None:
    """Not even by asking for them."""
    lights = await agency(office.world)
    await all_sorts(office)
    async with office.desk(lights) as desk:
        pages = [await desk.get(f"/console{query}") for query in ("", "?loai=hoi-thoai", "?loai=cuoc-goi")]

    assert [refs(page) for page in pages] == [[], [], []]
    assert all("loai=hoi-thoai" not in page.text.partition("</nav>")[2] for page in pages[:1])


async def test_a_place_that_makes_no_sense_is_the_first_page(office: Office) -> None:
    """Whatever somebody types into the address."""
    ioc = await centre(office.world)
    await report(office.world)
    async with office.desk(ioc) as desk:
        pages = [await desk.get(f"/console?sau={written}") for written in ("x", "1-9-a", "99999999999999999999-0-a")]

    assert [page.status for page in pages] == [200, 200, 200]
    assert all(len(refs(page)) == 1 for page in pages)


async def test_what_went_on_since_somebody_looked_is_unread_for_them_alone(office: Office) -> None:
    """A case and a conversation: each until it is opened, and again when a colleague went on."""
    world = office.world
    ioc, other = await centre(world), await centre(world)
    case, talk, call = await all_sorts(office)
    marked = 'class="visually-hidden">Chưa đọc'
    async with office.desk(ioc) as desk, office.desk(other) as theirs:
        assert {case, talk} <= set(refs(await desk.get("/console?xem=chua-doc")))
        await desk.get(f"/console/ho-so/{case.removeprefix('case:')}")
        await desk.get(f"/console/hoi-thoai/{talk.removeprefix('talk:')}")
        read, unread = await desk.get("/console"), await desk.get("/console?xem=chua-doc")
        assert {case, talk, call} <= set(refs(read))
        assert not {case, talk, call} & set(refs(unread))
        assert (await theirs.get("/console")).text.count(marked) == read.text.count(marked) + 2

        await issue(world, other, case.removeprefix("case:"), "accept")
        again = refs(await desk.get("/console?xem=chua-doc"))
        assert (case in again, talk in again) == (True, False)
