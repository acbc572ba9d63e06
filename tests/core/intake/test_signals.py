"""Emergencies, diversions, requests, ratings and codes."""

from __future__ import annotations

import pytest

from core.intake.rules import DiversionKind, EmergencyKind
from core.intake.signals.acts import cancels, wants_person, wishes_secrecy
from core.intake.signals.diversion import hints_state_secret, read_diversion
from core.intake.signals.emergency import read_emergency
from core.intake.signals.help import hear_help
from core.intake.signals.ratings import read_rating
from core.intake.signals.status import asks_status, read_code
from core.intake.words import Text
from tests.core.intake.harness import rules


@pytest.mark.rule("QB-II.2h", "VN-8")
@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("cháy nhà số 5 Lê Lợi cứu với", EmergencyKind.FIRE_RESCUE),
        ("nha dang chay o 12 le loi", EmergencyKind.FIRE_RESCUE),
        ("xe khách cháy trên cầu", EmergencyKind.FIRE_RESCUE),
        ("có người đuối nước ở cầu Trường Tiền", EmergencyKind.FIRE_RESCUE),
        ("dây điện đứt nằm giữa đường", EmergencyKind.FIRE_RESCUE),
        ("tai nạn nặng, người nằm bất tỉnh", EmergencyKind.MEDICAL),
        ("xe khách lật ở dốc Cun nhiều người bị thương", EmergencyKind.MEDICAL),
        ("đánh nhau cầm dao ở quán nhậu", EmergencyKind.POLICE),
        ("sạt lở đất ở đèo vùi nhà dân", EmergencyKind.DISASTER),
        ("FIRE! house on fire at 20 Le Loi", EmergencyKind.FIRE_RESCUE),
    ],
)
def test_somebody_needs_help_now(said: str, kind: EmergencyKind) -> None:
    sign = read_emergency(Text.of(said))
    assert sign is not None
    assert sign.kind is kind


@pytest.mark.parametrize(
    "said",
    [
        "dạo này cháy túi quá",
        "trời nóng như cháy da",
        "hết cháy rồi",
        "bóng đèn bị cháy ở đường Lê Lợi",
        "xe chay nhanh qua",
        "sợ cháy lan sang nhà dân",
        "ngã tư này hay xảy ra tai nạn chết người",
        "thùng rác cháy hôm qua",
        "bình chữa cháy chung cư hết hạn",
        "nắp hố ga bể, trẻ con đi học lọt chân",
        "nhờ cán bộ thương tình xem giúp",
    ],
)
def test_figures_of_speech_fear_and_the_past_are_no_emergency(said: str) -> None:
    assert read_emergency(Text.of(said)) is None


@pytest.mark.rule("QB-II.2h", "VN-8")
@pytest.mark.parametrize(
    "said",
    [
        "so 12 le loi chay nha roi",
        "o so nha 12 co nguoi bat tinh",
        "o day co nguoi bi ngat",
        "lớp 5 có học sinh ngất xỉu",
        "gan chua Ong co dam chay",
        "chong em cam dao duoi em",
        "tre nho bi ket trong xe",
        "co nguoi bi thuong chay mau nhieu",
        "em sợ quá có người cầm dao đuổi em",
        "khu tập thể có ông cụ đột quỵ",
        "đã gọi 115 rồi mà bà vẫn bất tỉnh",
    ],
)
def test_an_address_a_room_or_fright_before_a_cry_for_help_make_it_no_less(said: str) -> None:
    assert hear_help(Text.of(said)) is not None


@pytest.mark.rule("QB-II.2h", "VN-8")
@pytest.mark.parametrize("said", ["nhà hàng xóm cháy lớn lắm", "quan com chay lon", "kho hàng bốc cháy", "xe bốc cháy"])
def test_a_neighbours_house_and_a_restaurant_on_fire_are_no_figure_of_speech(said: str) -> None:
    sign = hear_help(Text.of(said))
    assert sign is not None
    assert sign.kind is EmergencyKind.FIRE_RESCUE


@pytest.mark.rule("QB-II.2h", "VN-8")
@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("em muốn chết, em không muốn sống nữa", EmergencyKind.MEDICAL),
        ("toi khong thiet song nua", EmergencyKind.MEDICAL),
        ("cháu uống thuốc ngủ quá liều rồi", EmergencyKind.MEDICAL),
        ("có người định tự vẫn ở trên cầu", EmergencyKind.MEDICAL),
        ("giup voi co nguoi sap chet", EmergencyKind.MEDICAL),
        ("chó dại cắn cháu bé chảy máu", EmergencyKind.MEDICAL),
        ("em bị chồng bạo hành", EmergencyKind.POLICE),
        ("chồng đánh vợ dã man", EmergencyKind.POLICE),
        ("có kẻ lạ đột nhập vào nhà tôi", EmergencyKind.POLICE),
        ("cháu bé 5 tuổi bị lạc từ sáng đến giờ", EmergencyKind.POLICE),
        ("there was an accident, people are hurt", EmergencyKind.MEDICAL),
    ],
)
def test_who_wants_to_die_is_beaten_or_lost_needs_help_now(said: str, kind: EmergencyKind) -> None:
    sign = hear_help(Text.of(said))
    assert sign is not None
    assert sign.kind is kind


@pytest.mark.parametrize(
    "said",
    [
        "mùi hôi không thở được",
        "khói bụi không thở nổi",
        "mùi rác hôi muốn chết luôn",
        "ồn quá không muốn sống ở khu này nữa",
        "xe khach dang chay qua toc do",
        "xe tai dang chay roi vai dat da",
        "nguy co chay rung",
        "xe chay tren cau",
        "toi dang can tu van thu tuc",
        "tôi đang cần tư vấn thủ tục",
        "nuoc chay to",
    ],
)
def test_smell_noise_and_traffic_call_nobody(said: str) -> None:
    assert hear_help(Text.of(said)) is None


@pytest.mark.rule("VN-1", "VN-2", "LS-1.1b", "A-DL-9")
@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("tôi khiếu nại quyết định thu hồi đất của UBND", DiversionKind.COMPLAINT),
        ("tôi tố cáo ông Trần B giám đốc chiếm đoạt tiền", DiversionKind.DENUNCIATION),
        ("trưởng thôn lợi dụng chức vụ bán đất công, yêu cầu kỷ luật", DiversionKind.DENUNCIATION),
        ("cán bộ địa chính xã đòi 5 triệu mới làm sổ đỏ", DiversionKind.CORRUPTION),
        ("can bo phuong nhan hoi lo", DiversionKind.CORRUPTION),
        ("toi khieu nai gia den bu dat", DiversionKind.COMPLAINT),
        ("khiếu nại nhà nước thu hồi đất", DiversionKind.COMPLAINT),
        ("tôi khiếu nại quyết định xử phạt xe", DiversionKind.COMPLAINT),
        ("toi to cao can bo xa cap dat cho nguoi nha", DiversionKind.DENUNCIATION),
        ("tố cáo quán karaoke ồn quá", None),
        ("toi to cao quan nhau mo nhac on", None),
        ("tôi tố cáo quán karaoke ồn, công an không xử lý", None),
        ("khiếu nại vụ rác không ai dọn", None),
        ("pano tuyên truyền phòng chống tham nhũng bị rách", None),
        ("đá gà ăn tiền ở bãi đất sau đình", None),
    ],
)
def test_complaints_denunciations_and_corruption_go_elsewhere(said: str, kind: DiversionKind | None) -> None:
    assert read_diversion(Text.of(said)) is kind


@pytest.mark.rule("VN-3")
def test_state_secrets_are_noticed_and_wishes_for_secrecy_are_not() -> None:
    assert hints_state_secret(Text.of("tôi có tài liệu mật của xã"))
    assert not hints_state_secret(Text.of("giữ bí mật giúp em, rác ở đường Lê Lợi"))


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("cho gặp nhân viên", True),
        ("không muốn nói chuyện với máy", True),
        ("cho toi gap tong dai vien", True),
        ("tôi đã gặp nhân viên vệ sinh rồi", False),
        ("thái độ nhân viên thu tiền quá tệ", False),
    ],
)
def test_a_person_is_asked_for(said: str, wanted: bool) -> None:
    assert wants_person(Text.of(said)) is wanted


@pytest.mark.parametrize(
    ("said", "cancelled"),
    [
        ("thôi khỏi, hủy giúp em", True),
        ("huy giup minh, gui nham cho", True),
        ("xe buýt hủy chuyến", False),
        ("cây bị hủy hoại", False),
    ],
)
def test_cancelling(said: str, cancelled: bool) -> None:
    assert cancels(Text.of(said)) is cancelled


@pytest.mark.rule("TG-5.4")
@pytest.mark.parametrize(
    ("said", "wish"),
    [
        ("giữ bí mật giúp em", True),
        ("đừng nêu tên tôi nhé", True),
        ("đừng nói là em báo nha", True),
        ("không cần giữ bí mật đâu", False),
        ("thôi công khai cũng được", False),
        ("nắp cống trước 33 tran phu bi mat", None),
    ],
)
def test_wishes_for_secrecy(said: str, wish: bool | None) -> None:
    assert wishes_secrecy(Text.of(said)) is wish


@pytest.mark.rule("TG-10.1")
@pytest.mark.parametrize(
    ("said", "payload", "level"),
    [
        ("Hài lòng", "", "satisfied"),
        ("không hài lòng chút nào", "", "dissatisfied"),
        ("chap nhan duoc", "", "acceptable"),
        ("3", "", "dissatisfied"),
        ("9", "", ""),
        ("1", "", "satisfied"),
        ("5 sao", "", "satisfied"),
        ("cho 4 sao nhé", "", "satisfied"),
        ("3 sao", "", "acceptable"),
        ("1 sao ạ", "", "dissatisfied"),
        ("2/5", "", "dissatisfied"),
        ("6 sao", "", ""),
        ("", "rate:acceptable", "acceptable"),
        ("rác ở đường Lê Lợi", "", ""),
    ],
)
def test_ratings(said: str, payload: str, level: str) -> None:
    assert read_rating(Text.of(said), payload, rules("hue").ratings, numbers=True) == level


def test_a_bare_number_is_a_rating_only_when_one_is_expected() -> None:
    assert read_rating(Text.of("1"), "", rules("hue").ratings, numbers=False) == ""


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("mã 1234 5678 90 xử lý tới đâu rồi", "1234567890"),
        ("mã phản ánh 0900000001", "0900000001"),
        ("gọi em 0900000001", ""),
        ("12/5 Lê Lợi", ""),
    ],
)
def test_codes_are_told_from_telephone_numbers(said: str, code: str) -> None:
    assert read_code(Text.of(said)) == code


def test_questions_about_progress() -> None:
    assert asks_status(Text.of("phản ánh của tôi tới đâu rồi?"))
    assert not asks_status(Text.of("đèn đường hỏng ở Lê Lợi"))
