"""Times, names, contacts, links and corrections inside a message."""

from __future__ import annotations

import pytest

from core.contract.schema import GeoPoint
from core.intake.reading.contacts import read_contacts
from core.intake.reading.corrections import cut_at_corrections
from core.intake.reading.links import read_links
from core.intake.reading.occurred import read_time
from core.intake.reading.person import bare_name, read_name, refuses_name
from core.intake.words import Text


@pytest.mark.parametrize(
    ("said", "phrases"),
    [
        ("den hong 3 hom nay roi", ("3 hom nay roi",)),
        ("cúp điện từ 8h sáng tới giờ", ("từ 8h sáng tới giờ",)),
        ("lúc 7h tối hôm qua có vụ ẩu đả", ("lúc 7h tối hôm qua",)),
        ("sáng nay, ngày 12/4 thu tiền; tối thứ 7 đua xe", ("sáng nay", "ngày 12/4", "tối thứ 7")),
        ("20h ngày 15/6/2026", ("20h ngày 15/6/2026",)),
        ("mấy bữa ni nước yếu", ("mấy bữa ni",)),
        ("tắt gần tuần nay", ("gần tuần nay",)),
        ("nhà tầng 2 không có nước", ()),
        ("xe chở 13/20 bao", ()),
    ],
)
def test_times_are_kept_in_the_words_of_the_citizen(said: str, phrases: tuple[str, ...]) -> None:
    assert read_time(Text.of(said)).phrases == phrases


def test_a_date_in_a_street_is_no_time() -> None:
    assert read_time(Text.of("ở đường 3/2"), taken=((3, 12),)).phrases == ()


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Tôi là Nguyễn Văn An, sđt 0900000001", "Nguyễn Văn An"),
        ("toi la nguyen van an so dien thoai 0900.000.002", "Nguyen Van An"),
        ("em tên Hoa ở phường Vỹ Dạ", "Hoa"),
        ("Họ và tên: Lý Thị Hoa\nSố điện thoại: 0910 000 055", "Lý Thị Hoa"),
        ("0900 000 001 - Bùi Văn Mít - cống vỡ", "Bùi Văn Mít"),
        ("Rác nhiều.\nTrân trọng,\nTrần Văn Bình", "Trần Văn Bình"),
        ("Chiều nay xe rơi đá. Tôi Mạc Văn Ngọ", "Mạc Văn Ngọ"),
        ("tôi là người dân phường Phú Hội", ""),
        ("em là sinh viên đại học", ""),
        ("đèn hỏng ở Nguyễn Huệ", ""),
        ("tên trộm vào nhà", ""),
    ],
)
def test_names_are_read_only_where_they_are_told(said: str, name: str) -> None:
    assert read_name(Text.of(said)).name == name


@pytest.mark.parametrize(
    ("answer", "name"), [("Dương Thị Dần", "Dương Thị Dần"), ("Lan", "Lan"), ("chị Hoa ạ", "Hoa"), ("0900000001", "")]
)
def test_a_bare_answer_can_be_a_name(answer: str, name: str) -> None:
    assert bare_name(Text.of(answer)) == name


def test_a_name_can_be_refused() -> None:
    assert refuses_name(Text.of("em không muốn nêu tên"))
    assert not refuses_name(Text.of("em tên Lan"))


@pytest.mark.parametrize(
    ("said", "phones", "emails"),
    [
        ("sdt cua em 0900 000 004 nha", ("+84900000004",), ()),
        ("84900000005 hoặc +84 900 000 006", ("+84900000005", "+84900000006"), ()),
        ("mail: Dau.Chau@Example.vn.", (), ("dau.chau@example.vn",)),
        ("gọi 113 hay 1022 không ai nghe", (), ()),
        ("hóa đơn 123456789012", (), ()),
        ("0900000007@example.vn", (), ("0900000007@example.vn",)),
        ("an a còng gmail chấm com", (), ("an@gmail.com",)),
    ],
)
def test_numbers_and_addresses(said: str, phones: tuple[str, ...], emails: tuple[str, ...]) -> None:
    reading = read_contacts(Text.of(said))
    assert (reading.phones, reading.emails) == (phones, emails)


def test_the_label_of_a_number_belongs_to_it() -> None:
    text = Text.of("cống vỡ, sđt của em là 0900 000 004")
    (span,) = read_contacts(text).spans
    assert text.raw[slice(*span)] == "sđt của em là 0900 000 004"


@pytest.mark.parametrize(
    ("link", "latitude", "longitude"),
    [
        ("https://www.google.com/maps?q=16.4689,107.5862&z=17", 16.4689, 107.5862),
        ("https://www.google.com/maps/place/Ch%E1%BB%A3/@16.47,107.58,17z/data=!3d16.4725!4d107.588", 16.4725, 107.588),
        ("https://maps.google.com/maps/@16.4637,107.5909,15z", 16.4637, 107.5909),
        ("tọa độ 16.4637, 107.5909", 16.4637, 107.5909),
        ("https://maps.apple.com/?ll=16.4637,107.5909&q=Ch%E1%BB%A3", 16.4637, 107.5909),
        ("https://maps.apple.com/place?coordinate=16.4637,107.5909&name=x", 16.4637, 107.5909),
        ("https://www.bing.com/maps?cp=16.4637~107.5909&lvl=17", 16.4637, 107.5909),
        ("https://www.bing.com/maps?sp=point.16.4637_107.5909_Ch%E1%BB%A3&cp=16.1~107.1", 16.4637, 107.5909),
        ("https://osm.org/?mlat=16.4637&mlon=107.5909", 16.4637, 107.5909),
    ],
)
def test_links_and_coordinates_give_a_point(link: str, latitude: float, longitude: float) -> None:
    assert read_links(link).point == GeoPoint(latitude=latitude, longitude=longitude)


def test_a_short_map_link_is_kept_for_people_to_open() -> None:
    assert read_links("xem https://maps.app.goo.gl/abc").text == "https://maps.app.goo.gl/abc"


def test_a_point_outside_vietnam_is_no_point() -> None:
    assert read_links("48.8584, 12.2945").point is None


@pytest.mark.parametrize(
    ("said", "wrong", "right"),
    [
        ("à nhầm, ở đường Lê Lợi", "", ", ở đường Lê Lợi"),
        ("không phải Nguyễn Huệ mà là Nguyễn Trãi", "Nguyễn Huệ", "Nguyễn Trãi"),
        ("số 15 chứ không phải số 12", "số 12", "số 15"),
        ("a nham, o duong le loi", "", ", o duong le loi"),
    ],
)
def test_corrections(said: str, wrong: str, right: str) -> None:
    stretch = cut_at_corrections(Text.of(said))[-1]
    assert (stretch.correcting, stretch.wrong, stretch.text.raw.strip()) == (True, wrong, right)


@pytest.mark.parametrize(
    "said", ["xe đỗ nhầm chỗ người khuyết tật", "biển tên đường ghi nhầm thành Tôn Thất Thiệt, nhờ sửa lại"]
)
def test_mistakes_of_others_are_no_corrections(said: str) -> None:
    assert not any(stretch.correcting for stretch in cut_at_corrections(Text.of(said)))
