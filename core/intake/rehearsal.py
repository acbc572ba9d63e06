"""
A conversation with nobody, so that the first citizen does not wait for what is learned once.

Lists of words and places become phrasebooks, and patterns are compiled, where they are first needed: all of it takes a
few hundred milliseconds, in which a process that has begun to listen would answer nobody.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from core.contract.schema import Address, InboundMessage
from core.intake.dialogue import step
from core.intake.effects import Say
from core.intake.happenings import MessageArrived, TimerFired, TimerKind
from core.intake.render import render
from core.intake.rules import IntakeRules
from core.intake.state import Dialogue

CHANNEL = "rehearsal"
_LINES = (
    "Kính gửi Trung tâm, đèn đường trước số nhà 12 đường Lê Lợi, phường Thuận Hóa hỏng từ tối qua, đoạn đường từ đầu "
    "ngõ đến cổng trường tối om, rất nguy hiểm cho người già và học sinh. Cột đèn bị nghiêng, dây điện chùng xuống "
    "gần nhà dân, khi mưa có tiếng nổ. Hôm kia đã có một vụ va chạm xe máy, may mà không ai bị thương. Bà con "
    "trong tổ dân phố đã nhắc việc này mấy lần nhưng chưa thấy ai đến xem, mong cơ quan chức năng sớm cho người "
    "kiểm tra, sửa chữa và thông báo lại kết quả để mọi người được biết. "
    "Tôi tên là Nguyễn Văn An, điện thoại 0900 000 001. Xin cảm ơn.",
    "không, tôi nhầm, ở số 14. Rác thải, nước thải và tiếng ồn từ công trình bên cạnh cũng gây ô nhiễm, vỉa hè bị lấn "
    "chiếm, đường có ổ gà, cây xanh sắp đổ. Tôi muốn giữ bí mật tên",
    "cho tôi hỏi hồ sơ của tôi đã xử lý đến đâu rồi, tôi chưa hài lòng",
)


def rehearse(rules: IntakeRules, now: datetime) -> None:
    """Play it, and forget it."""
    dialogue = Dialogue(channel=CHANNEL)
    for number, line in enumerate(_LINES):
        now += timedelta(minutes=1)
        for happening in (MessageArrived(_message(number, line, now)), TimerFired(TimerKind.BURST)):
            answer = step(dialogue, happening, rules=rules, now=now)
            dialogue = answer.state
            for effect in answer.effects:
                if isinstance(effect, Say):
                    render(effect)
            now += timedelta(seconds=30)


def _message(number: int, line: str, now: datetime) -> InboundMessage:
    return InboundMessage(
        channel=CHANNEL,
        account="",
        provider_message_id=str(number),
        sender=Address(channel=CHANNEL, account="", value="nobody"),
        text=line,
        provider_time=now,
        received_at=now,
    )
