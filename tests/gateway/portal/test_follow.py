"""Following a report: who may see what, what can be done there, and how guessing is stopped."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from sqlalchemy import select

from core.cases.decide import Actor
from core.identity.codes import new_code
from core.service.desk import Issued
from core.storage import case_search
from core.storage.case_search import Search
from core.storage.cases import CaseRow
from core.storage.tables import attempt
from tests.gateway.portal.citizen import CONTENT, PLACE, Citizen, File, photo
from tests.support.deployments import World
from tests.support.letters import received, write_mail

CENTRE = Actor("ioc", frozenset({"receptionist", "distributor", "editor"}))
ANSWER = "Đơn vị đã thay nắp cống mới ngày 23/11/2026."
CANARY = "Hoàng Thị Canary"
UNKNOWN = new_code(lambda _above: 0)


async def the_case(world: World) -> CaseRow:
    """The only case there is."""
    (row,) = await world.deployment.database.read(partial(case_search.search, wanted=Search()))
    return row


async def issue(world: World, name: str, actor: Actor = CENTRE, **payload: object) -> None:
    """One command that must be allowed, on the only case."""
    answer = await world.deployment.clerk.execute((await the_case(world)).id, name, payload, actor=actor)
    assert isinstance(answer, Issued), answer
    await world.settle()


async def work_through(world: World, *last: str, **payload: object) -> None:
    """From receipt to the last step of the centre."""
    await issue(world, "accept")
    agency = next(one.id for one in world.deployment.regulation.agencies.of_kinds(["enterprise"]))
    await issue(world, "dispatch", agencies=[agency])
    officer, leader = (Actor(role, frozenset({role}), agency) for role in ("officer", "leader"))
    await issue(world, "accept_dispatch", officer)
    await issue(world, "submit_result", officer, result="Đã thay.")
    await issue(world, "approve", leader)
    await issue(world, last[0] if last else "publish", **(payload or {"text": ANSWER}))


async def test_code_and_pin_open_the_whole_report(citizen: Citizen) -> None:
    code, pin = await citizen.reported(name="Nguyễn Văn An", phone="0900 000 001", consent="1")
    citizen.forget_cookies()

    page = await citizen.open(code, pin)
    assert page.path == "/tra-cuu/phan-anh"
    for words in (code, CONTENT, PLACE, "Đã nhận phản ánh"):
        assert words in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"


async def test_after_sending_the_report_is_open_already_also_before_it_is_taken_up(citizen: Citizen) -> None:
    await citizen.report()
    assert "đang ghi vào sổ" in (await citizen.see("/tra-cuu/phan-anh")).text
    await citizen.world.settle()
    assert CONTENT in (await citizen.see("/tra-cuu/phan-anh")).text


@pytest.mark.rule("A-4")
async def test_a_code_alone_shows_the_stage_and_no_word_of_the_reporter(citizen: Citizen) -> None:
    code, _ = await citizen.reported(name=CANARY, phone="0900 000 001", email="canary@example.vn", consent="1")
    citizen.forget_cookies()

    page = await citizen.open(code, "")
    assert page.status == 200
    assert "Đã nhận phản ánh" in page.text
    for secret in (CANARY, CONTENT, PLACE, "900000001", "900 000 001", "canary@example.vn"):
        assert secret not in page.html
    assert (await citizen.see("/tra-cuu/phan-anh")).path == "/tra-cuu", "a code is no authority"


async def test_wrong_pin_and_unknown_code_get_the_same_answer(citizen: Citizen) -> None:
    code, pin = await citizen.reported()
    citizen.forget_cookies()
    wrong = await citizen.open(code, "000000" if pin != "000000" else "111111")
    unknown = await citizen.open(UNKNOWN, pin)

    assert wrong.status == unknown.status == 422
    assert "Mã phản ánh hoặc mã PIN chưa đúng" in wrong.text
    assert wrong.text == unknown.text
    assert (await citizen.see("/tra-cuu/phan-anh")).path == "/tra-cuu"


async def test_a_slip_in_the_code_is_told_as_a_slip(citizen: Citizen) -> None:
    page = await citizen.open("1234 5678 9013", "123456")
    assert page.status == 422
    assert "12 chữ số" in page.text
    assert page.form("/tra-cuu")["code"] == "1234 5678 9013"


async def test_guessing_a_pin_has_to_wait_longer_and_longer(citizen: Citizen) -> None:
    code, pin = await citizen.reported()
    citizen.forget_cookies()
    wrong = "000000" if pin != "000000" else "111111"
    for _ in range(5):
        assert (await citizen.open(code, wrong)).status == 422

    blocked = await citizen.open(code, pin)
    assert blocked.status == 429
    assert "thử lại sau 1 phút" in blocked.text, "also the right one is not looked at"
    citizen.world.clock.advance(seconds=61)
    assert (await citizen.open(code, pin)).path == "/tra-cuu/phan-anh"


async def test_guessing_many_codes_has_to_wait_as_well(citizen: Citizen) -> None:
    code, pin = await citizen.reported()
    citizen.forget_cookies()
    form = (await citizen.see("/tra-cuu")).form("/tra-cuu")
    for _ in range(41):
        await citizen.send(form, code=UNKNOWN, pin="")
    assert (await citizen.open(code, pin)).status == 429


async def test_the_table_of_attempts_names_neither_code_nor_address(citizen: Citizen) -> None:
    code, _ = await citizen.reported()
    await citizen.open(code, "999999")
    scopes = await citizen.deployment.database.read(
        lambda connection: list(connection.scalars(select(attempt.c.scope)))
    )
    assert scopes
    assert not [scope for scope in scopes if code.replace(" ", "") in scope or "127.0.0.1" in scope]


async def test_the_report_closes_after_half_an_hour_or_when_told(citizen: Citizen) -> None:
    code, pin = await citizen.reported()
    page = await citizen.open(code, pin)
    citizen.world.clock.advance(minutes=29)
    assert (await citizen.see("/tra-cuu/phan-anh")).path == "/tra-cuu/phan-anh", "using it keeps it open"
    citizen.world.clock.advance(minutes=31)
    assert (await citizen.see("/tra-cuu/phan-anh")).path == "/tra-cuu"

    page = await citizen.open(code, pin)
    await citizen.send(page.form("/tra-cuu/phan-anh/dong"))
    assert (await citizen.see("/tra-cuu/phan-anh")).path == "/tra-cuu"


async def test_a_forged_cookie_opens_nothing(citizen: Citizen) -> None:
    await citizen.reported()
    held = {morsel.key: morsel.value for morsel in citizen.client.session.cookie_jar}
    citizen.forget_cookies()
    swapped = {"langnghe_follow": held["langnghe_sent"]}
    assert (await citizen.see("/tra-cuu/phan-anh", cookies=swapped)).path == "/tra-cuu"
    changed = {"langnghe_follow": held["langnghe_follow"][:-4] + "AAAA"}
    assert (await citizen.see("/tra-cuu/phan-anh", cookies=changed)).path == "/tra-cuu"


@pytest.mark.usefixtures("at_work")
async def test_words_and_photos_join_the_conversation(citizen: Citizen) -> None:
    code, pin = await citizen.reported()
    page = await citizen.open(code, pin)

    done = await citizen.send(
        page.form("/tra-cuu/phan-anh/viet"), [File("them.jpg", photo())], text="Có thêm ảnh đây ạ."
    )
    assert "Đã gửi" in done.text
    assert "Có thêm ảnh đây ạ." in done.text
    assert "them.jpg" in done.html


@pytest.mark.usefixtures("at_work")
async def test_writing_twice_by_a_double_click_is_once(citizen: Citizen) -> None:
    code, pin = await citizen.reported()
    form = (await citizen.open(code, pin)).form("/tra-cuu/phan-anh/viet")
    await citizen.send(form, text="Bao giờ xong ạ?")
    page = await citizen.send(form, text="Bao giờ xong ạ?")
    assert page.text.count("Bao giờ xong ạ?") == 1


@pytest.mark.usefixtures("at_work")
async def test_who_goes_back_and_writes_something_else_is_heard_twice(citizen: Citizen) -> None:
    """A browser shows the page it had, with the same hidden fields."""
    code, pin = await citizen.reported()
    form = (await citizen.open(code, pin)).form("/tra-cuu/phan-anh/viet")
    await citizen.send(form, text="Bao giờ xong ạ?")
    page = await citizen.send(form, text="Chiều nay nước lại tràn ra đường.")
    assert ("Bao giờ xong ạ?" in page.text, "Chiều nay nước lại tràn ra đường." in page.text) == (True, True)


async def test_a_file_that_is_refused_costs_none_of_the_others(citizen: Citizen) -> None:
    code, pin = await citizen.reported()
    form = (await citizen.open(code, pin)).form("/tra-cuu/phan-anh/viet")
    files = [File("them.jpg", photo()), File("chuong-trinh.exe", b"MZ" + bytes(200), "application/octet-stream")]
    refused = await citizen.send(form, files, text="Có thêm ảnh đây ạ.")
    await citizen.send(refused.form("/tra-cuu/phan-anh/viet"))
    await citizen.world.settle()

    page = await citizen.see("/tra-cuu/phan-anh")
    assert refused.status == 422
    assert ("Có thêm ảnh đây ạ." in page.text, "them.jpg" in page.html) == (True, True)


@pytest.mark.parametrize(
    ("action", "field"), [("viet", "text"), ("danh-gia", "comment"), ("phan-hoi", "feedback")], ids=str
)
async def test_who_writes_longer_than_the_report_stays_open_loses_no_word(
    citizen: Citizen, action: str, field: str
) -> None:
    """They are told that it was not sent."""
    code, pin = await citizen.reported()
    await work_through(citizen.world)
    form = (await citizen.open(code, pin)).form(f"/tra-cuu/phan-anh/{action}")
    citizen.world.clock.advance(minutes=31)
    page = await citizen.send(form, **{field: "Nắp mới kêu to khi xe qua."})

    assert page.status == 403
    assert "chưa được gửi" in page.text
    assert "Nắp mới kêu to khi xe qua." in page.text


async def test_an_empty_message_is_told_so(citizen: Citizen) -> None:
    code, pin = await citizen.reported()
    page = await citizen.send((await citizen.open(code, pin)).form("/tra-cuu/phan-anh/viet"), text="  ")
    assert page.status == 422
    assert "Hãy ghi nội dung" in page.text


async def test_a_file_of_somebody_else_is_not_found(citizen: Citizen) -> None:
    await citizen.report([File("anh.jpg", photo())])
    await citizen.world.settle()
    html = (await citizen.see("/tra-cuu/phan-anh")).html
    key = html.partition("/tra-cuu/phan-anh/tep/")[2].partition('"')[0]
    citizen.forget_cookies()
    await citizen.reported(content="Đèn đường hỏng ba hôm nay.")

    assert (await citizen.see(f"/tra-cuu/phan-anh/tep/{key}")).status == 404
    citizen.forget_cookies()
    assert (await citizen.see(f"/tra-cuu/phan-anh/tep/{key}")).path == "/tra-cuu"


@pytest.mark.rule("A-5", "HUE-5")
async def test_the_published_answer_is_read_rated_once_and_questioned(citizen: Citizen) -> None:
    code, pin = await citizen.reported()
    await work_through(citizen.world)
    page = await citizen.open(code, pin)
    assert ANSWER in page.text
    assert "Không hài lòng" in page.text

    chosen = await citizen.send(
        page.form("/tra-cuu/phan-anh/danh-gia"), add=(("level", "satisfied"),), comment="Nhanh."
    )
    assert "Quý vị đã đánh giá: Hài lòng" in chosen.text
    assert not chosen.has_form("/tra-cuu/phan-anh/danh-gia"), "once an answer"

    asked = await citizen.send(chosen.form("/tra-cuu/phan-anh/phan-hoi"), feedback="Nắp mới kêu to khi xe qua.")
    assert "để làm rõ" in asked.text
    assert (await the_case(citizen.world)).stage == "clarifying"


async def test_a_rating_needs_a_level_of_the_regulation(citizen: Citizen) -> None:
    code, pin = await citizen.reported()
    await work_through(citizen.world)
    form = (await citizen.open(code, pin)).form("/tra-cuu/phan-anh/danh-gia")
    for chosen in ((), (("level", "wonderful"),)):
        page = await citizen.send(form, add=chosen, comment="Làm nhanh, sạch.")
        assert page.status == 422
        assert "Hãy chọn một mức" in page.text
        assert page.form("/tra-cuu/phan-anh/danh-gia")["comment"] == "Làm nhanh, sạch.", "nobody writes it again"


@pytest.mark.rule("A-HUE-3")
async def test_secrecy_can_be_asked_for_until_publication_and_the_answer_comes_privately(citizen: Citizen) -> None:
    code, pin = await citizen.reported()
    page = await citizen.open(code, pin)
    kept = await citizen.send(page.form("/tra-cuu/phan-anh/giu-bi-mat"), confidential="1")
    assert "đang được giữ bí mật" in kept.text

    await work_through(citizen.world, "reply_privately", text=ANSWER)
    answered = await citizen.open(code, pin)
    assert ANSWER in answered.text
    assert not answered.has_form("/tra-cuu/phan-anh/giu-bi-mat")
    assert ANSWER not in (await citizen.see("/cong-khai")).text
    citizen.forget_cookies()
    assert ANSWER not in (await citizen.open(code, "")).text


@pytest.mark.rule("A-HUE-3")
async def test_a_report_is_taken_back_only_when_meant(citizen: Citizen) -> None:
    code, pin = await citizen.reported()
    form = (await citizen.open(code, pin)).form("/tra-cuu/phan-anh/rut")
    unsure = await citizen.send(form)
    assert unsure.status == 422
    assert (await the_case(citizen.world)).stage == "received"

    gone = await citizen.send(form, add=(("sure", "1"),))
    assert "Phản ánh đã được rút" in gone.text
    assert (await the_case(citizen.world)).stage == "cancelled"
    again = await citizen.send(form, add=(("sure", "1"),))
    assert again.status == 409
    assert "không thực hiện được" in again.text, "the regulation's own words say why"


async def test_a_declined_report_says_why(citizen: Citizen) -> None:
    code, pin = await citizen.reported()
    ground = next(iter(citizen.deployment.regulation.current.decline_reasons))
    await issue(citizen.world, "decline", reason_code=ground, reason="Việc này thuộc tỉnh khác.")
    page = await citizen.open(code, pin)
    assert "Việc này thuộc tỉnh khác." in page.text
    citizen.forget_cookies()
    assert "Việc này thuộc tỉnh khác." not in (await citizen.open(code, "")).text


async def test_what_the_centre_asks_for_is_named(citizen: Citizen) -> None:
    code, pin = await citizen.reported()
    await issue(citizen.world, "request_supplement", fields=["place"], note="Xin cho biết số nhà.")
    page = await citizen.open(code, pin)
    assert "Chúng tôi cần biết thêm: Nơi xảy ra" in page.text
    assert "Xin cho biết số nhà." in page.text


async def test_a_report_by_mail_is_followed_here_and_talked_about_there(citizen: Citizen) -> None:
    await write_mail(citizen.world, "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng ba hôm nay.")
    digits = "".join(letter for letter in received(citizen.world)[0].partition("mã")[2] if letter.isdigit())
    page = await citizen.open(digits[:12], digits[12:18])

    assert page.path == "/tra-cuu/phan-anh"
    assert "Đèn đường" in page.text
    assert "được gửi qua Thư điện tử" in page.text
    assert not page.has_form("/tra-cuu/phan-anh/viet")
    kept = await citizen.send(page.form("/tra-cuu/phan-anh/giu-bi-mat"), confidential="1")
    assert "giữ bí mật" in kept.text


async def test_an_erased_reporter_leaves_an_empty_page(citizen: Citizen) -> None:
    code, pin = await citizen.reported(name=CANARY, consent="1")
    (row,) = await citizen.deployment.database.read(
        lambda connection: connection.exec_driver_sql("SELECT contact_id FROM report").all()
    )
    await asyncio.to_thread(citizen.deployment.safe.keys.destroy, row[0], citizen.world.clock())
    page = await citizen.open(code, pin)
    assert page.status == 200
    assert "đã được xóa theo yêu cầu" in page.text
    assert CONTENT not in page.html


@pytest.mark.rule("HUE-3b", "A-4")
async def test_an_agency_that_returned_the_report_is_not_said_to_work_on_it(citizen: Citizen) -> None:
    """Neither in the word that it went to another one, nor beside the progress."""
    await citizen.reported(name="Nguyễn Văn An", phone="0900 000 001", consent="1")
    await issue(citizen.world, "accept")
    wrong, right = list(citizen.deployment.regulation.agencies.of_kinds(["enterprise"]))[:2]
    await issue(citizen.world, "dispatch", agencies=[wrong.id])
    officer = Actor("officer", frozenset({"officer"}), wrong.id)
    await issue(citizen.world, "send_back", officer, reason="Không thuộc thẩm quyền.", agency_unknown=True)
    returned = await citizen.see("/tra-cuu/phan-anh")
    await issue(citizen.world, "dispatch", agencies=[right.id])

    page = await citizen.see("/tra-cuu/phan-anh")

    assert "Cơ quan xử lý:" not in returned.text
    assert f"Cơ quan xử lý: {right.name} Quý vị đã gửi" in page.text
    assert f"của anh/chị đã được chuyển đến {right.name} để xử lý." in page.text
