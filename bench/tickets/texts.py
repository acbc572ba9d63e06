"""What citizens write in the ticket benchmarks: complete reports of 70 Vietnamese words, no two alike; or forms."""

from __future__ import annotations

from random import Random
from typing import Any

WORDS = 70
"""Words of one report, as a person counts them: what stands between blanks."""

_NAME = "Nguyễn Văn An"
_WHAT = (
    "Đèn đường bị hỏng, buổi tối tối om, người đi bộ không nhìn thấy gì",
    "Rác thải chất đống trên vỉa hè, mùi hôi bốc lên nồng nặc suốt cả ngày",
    "Mặt đường có ổ gà rất sâu, xe máy đi qua hay bị sụp và ngã",
    "Nắp cống bị vỡ, nước thải tràn ra lòng đường mỗi khi trời mưa",
    "Hàng quán lấn chiếm vỉa hè, người đi bộ phải bước xuống lòng đường",
)
_STREETS = ("Lê Lợi", "Hùng Vương", "Nguyễn Huệ", "Trần Phú", "Bà Triệu", "Đống Đa")
_COMMUNES = ("Vĩnh Ninh", "Phú Hội", "Xuân Phú", "An Cựu", "Phú Nhuận", "Thuận Hòa")
_SINCE = ("ba hôm nay", "từ tuần trước", "hơn mười ngày nay", "từ sáng hôm qua", "cả tháng nay")
_MORE = (
    "người dân ở đây đã nhắc nhau nhiều lần nhưng chưa thấy ai tới xem",
    "buổi chiều học sinh tan trường đi qua rất đông nên bà con lo lắng",
    "mong cơ quan chức năng sớm kiểm tra và xử lý giúp bà con trong tổ",
    "nhất là những hôm mưa lớn thì việc đi lại càng vất vả hơn nhiều",
    "cả khu phố đều mong sớm được khắc phục để yên tâm đi lại hằng ngày",
    "nhà tôi ở gần đó nên ngày nào cũng thấy và cũng đã chụp hình lại",
)


def report_text(number: int) -> str:
    """One complete report (what, where, since when) that names `number` in its place."""
    chance = Random(number)
    place = f"trước số {number} đường {chance.choice(_STREETS)}, phường {chance.choice(_COMMUNES)}"
    begun = f"{chance.choice(_WHAT)}, {place}, {chance.choice(_SINCE)}."
    return _filled_up(begun, chance)


def report_form(number: int) -> dict[str, Any]:
    """The same as the fields of a `ReportForm`: nothing has to be found in the words."""
    chance = Random(number)
    place = f"số {number} đường {chance.choice(_STREETS)}, phường {chance.choice(_COMMUNES)}"
    content = _filled_up(f"{chance.choice(_WHAT)}.", chance)
    return {
        "content": content,
        "place": {"text": place},
        "occurred": chance.choice(_SINCE),
        "reporter": {"name": _NAME},
    }


def _filled_up(begun: str, chance: Random) -> str:
    """As many words as all reports have."""
    more = " ".join(f"{sentence[0].upper()}{sentence[1:]}." for sentence in chance.sample(_MORE, len(_MORE)))
    return " ".join([*begun.split(), *more.split()][:WORDS]).rstrip(".") + "."
