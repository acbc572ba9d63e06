"""What people shout when they need 113, 114, 115 or 112, with and without marks, and what only sounds like it."""

from __future__ import annotations

import pytest

from core.intake.fold import fold
from core.intake.rules import EmergencyKind
from core.intake.signals.help import hear_help
from core.intake.words import Text

CALLS = {
    EmergencyKind.POLICE: (
        "có đánh nhau ở quán bar",
        "đang đánh nhau",
        "đánh nhau có dao",
        "chém nhau",
        "đánh nhau ở chợ, mọi người ơi",
        "đang có đánh nhau ở cầu Trường Tiền",
        "hai nhóm thanh niên đang đánh nhau ở công viên",
        "tụi nó đang hỗn chiến trước quán karaoke",
        "có đánh lộn nè",
        "đang ẩu đả trước quán bia",
        "quán nhậu có đánh nhau đổ máu",
        "thanh niên đánh nhau chảy máu ở bến xe",
        "tụi nó đánh nhau dữ lắm công an tới liền",
        "có người bị đánh hội đồng",
        "chồng em đang đánh em",
        "tui bị chồng đánh",
        "em vừa bị giật túi xách",
        "tui bị cướp",
        "có kẻ đang quấy rối em gái tôi trong hẻm",
        "nhà tôi đang bị đập phá, chúng nó đòi giết",
        "chém nhau phố Lê Lợi",
    ),
    EmergencyKind.FIRE_RESCUE: (
        "cháy nhà hàng xóm",
        "cháy nhà hàng ở Lê Lợi",
        "cháy kho hàng",
        "cháy phố Hàng Bông",
        "cháy nhà tui rồi",
        "nóng quá nhà đang cháy",
        "em báo có cháy ở chợ",
        "báo cháy ở 12 Lê Lợi",
        "khói đen bốc ra từ tầng 3 chung cư",
        "bình gas nổ ở quán cơm",
        "cháu bé kẹt tay vào thang cuốn",
        "tụi em bị kẹt thang máy",
        "trong phòng bị kẹt không ra được",
        "con tui bị đuối nước",
        "ba tui té xuống giếng",
        "nhà sập có người bên trong",
        "lốc xoáy làm sập nhà có người kẹt",
        "tàu chìm ngoài cửa biển",
        "dây điện rơi xuống đường đang tóe lửa",
        "có người nhảy cầu",
    ),
    EmergencyKind.MEDICAL: (
        "xe tải cán người",
        "bà cụ bị xe tông",
        "tai nạn nặng có người bất tỉnh",
        "có người ngã từ tầng 3 xuống",
        "công nhân rơi từ giàn giáo xuống",
        "có người té lầu",
        "cháu bị bỏng nặng",
        "người bị thương chảy máu đầu",
        "tui khó thở",
        "mẹ tui không thở được",
        "tui thấy người bất tỉnh",
        "ông cụ đột quỵ",
        "xe đụng nhau ở ngã tư, có người bị gãy chân",
        "con tôi sốt cao co giật",
        "cả nhà bị ngộ độc nấm",
        "bạn em bị rắn cắn",
        "em bé bị hóc dị vật tím tái",
        "vợ tôi sắp sinh cần xe cấp cứu",
        "gọi xe cứu thương giúp",
        "bà tôi ngã cầu thang bất tỉnh",
    ),
    EmergencyKind.DISASTER: (
        "đập bị vỡ nước tràn về",
        "vỡ đê rồi",
        "núi đang lở xuống nhà",
        "đất đá tràn xuống đường vùi xe",
        "mưa lớn đất đá đổ xuống nhà dân",
        "cầu sập, có xe rơi xuống",
        "bờ kè sạt lở, nhà sắp sập",
        "nước lên nhanh quá không ra được",
        "nước vào nhà tới ngực rồi",
        "cần thuyền cứu hộ gấp",
        "sạt lở đất vùi nhà dân",
        "nước lũ lên nhanh, nhà em ngập tới nóc",
        "lũ quét ở bản",
        "nhà tôi bị cô lập, cần cứu hộ",
        "nước ngập tới cổ, có người già",
        "nước dâng tới nóc nhà",
        "sạt lở taluy chia cắt thôn",
        "cả thôn bị nước lũ bao vây",
        "lở núi chắn đường, có người bị vùi",
        "nước lũ lên tới mái, xin cứu",
    ),
}
EVERYDAY = (
    "con tôi và bạn hay đánh nhau ở trường",
    "đánh nhau tuần trước",
    "hôm qua có đánh nhau ở quán bar",
    "đêm qua có đánh nhau ở công viên",
    "tối nào cũng có đánh nhau ở quán nhậu",
    "quán bar này thường xuyên đánh nhau",
    "đánh nhau suốt ở quán bar này, mất trật tự",
    "có đánh nhau hoài ở quán này",
    "đã có đánh nhau nhiều lần vì chỗ để xe",
    "vụ đánh nhau ở quán bar xử lý tới đâu rồi",
    "đề nghị xử lý nhóm thanh niên hay tụ tập đánh nhau",
    "có biển cấm đánh nhau",
    "phim đánh nhau chiếu ở rạp ồn quá",
    "mấy con chó đánh nhau cả đêm",
    "cột điện bị xe tông nghiêng",
    "cần người kiểm tra giúp",
    "đập vỡ kính xe buýt tuần trước",
    "nhà máy xả khói đen bốc lên trời",
    "chuông báo cháy chung cư bị hỏng",
    "phòng cháy chữa cháy chung cư chưa đạt",
    "bóng đèn đường cháy ba hôm nay",
    "đường ngập nước tới mắt cá chân",
    "nước ngập tới cổ chân, đi lại khó",
    "hàng xóm chạy máy ồn cả đêm",
    "đất đá đổ trước nhà dân chưa dọn",
    "quán này chém khách quá",
    "tuần trước có tai nạn ở ngã tư này",
    "áo phao cứu hộ ở hồ bơi bị rách",
    "gạch ốp rơi từ tầng 5 xuống sân",
)


@pytest.mark.rule("QB-II.2h", "VN-8")
@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize(("kind", "said"), [(kind, said) for kind, calls in CALLS.items() for said in calls])
def test_who_calls_for_help_is_heard(kind: EmergencyKind, said: str, *, marked: bool) -> None:
    sign = hear_help(Text.of(said if marked else fold(said)))
    assert sign is not None
    assert sign.kind is kind


@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize("said", EVERYDAY)
def test_what_is_told_every_day_rings_nowhere(said: str, *, marked: bool) -> None:
    """Habit, the past, animals, things."""
    assert hear_help(Text.of(said if marked else fold(said))) is None
