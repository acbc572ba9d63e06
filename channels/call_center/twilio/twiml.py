"""
What we answer Twilio: TwiML. Pure.

https://www.twilio.com/docs/voice/twiml. Whatever stands behind `<Connect>` is done when our end of the stream is
closed, or was never reached: there Twilio asks `after` what to do, so that nobody is left in a call without a voice.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal
from xml.etree.ElementTree import Element, SubElement, tostring

from channels.call_center.twilio.settings import VoiceSettings

MEDIA_TYPE = "text/xml"
LANGUAGE = "vi-VN"
LONGEST_S = 180
SILENCE_S = 5
GREETING = "Kính chào quý khách. Đây là tổng đài tiếp nhận phản ánh hiện trường."
URGENT = "Nếu cần công an, cứu hỏa hoặc cấp cứu, xin gác máy và gọi ngay 113, 114 hoặc 115."
NOTICE = "Lời nhắn được ghi âm để xử lý phản ánh. Nếu không đồng ý, xin quý khách gác máy."
SPEAK = "Sau tiếng bíp, xin nói việc gì đang xảy ra và ở đâu, rồi bấm phím thăng. Chúng tôi sẽ gọi lại."
WHY = {
    "full": "Hiện tất cả các đường dây đều đang bận.",
    "away": "Hiện chưa thể nối máy với tổng đài viên.",
    "broken": "Xin lỗi, cuộc gọi vừa bị gián đoạn.",
}
"""Why the caller speaks to a tape."""
YOUR_NUMBER = "Máy của quý khách không hiện số. Xin bấm số điện thoại để chúng tôi gọi lại, rồi bấm phím thăng."
THANKS = "Cảm ơn quý khách. Lời nhắn đã được ghi nhận."
Why = Literal["full", "away", "broken"]


def connect(settings: VoiceSettings, token: str) -> str:
    """Bring the sound to us, both ways, until we have enough of it."""
    stream = Element("Stream", url=settings.stream(token))
    connecting = Element("Connect")
    connecting.append(stream)
    return _document([connecting, _go_to(settings.hook("after"))])


def dial(settings: VoiceSettings, to: str, *, ring_s: int) -> str:
    """Put the caller through, showing their own number; `after` hears how it went."""
    dialling = Element("Dial", action=settings.hook("after"), timeout=str(ring_s))
    SubElement(dialling, "Number").text = to
    return _document([dialling])


def reject(reason: Literal["busy", "rejected"]) -> str:
    """Do not take the call; nobody pays for it."""
    return _document([Element("Reject", reason=reason)])


def hang_up() -> str:
    """The end."""
    return _document([Element("Hangup")])


def capture(settings: VoiceSettings, why: Why, *, asks_number: bool = False) -> str:
    """
    Take a message in our place: whoever calls is heard, whatever is broken here.

    They are told of the tape first (VN-5). `asks_number`: a withheld number could not be called back.
    """
    greeting = f"{GREETING} {WHY[why]} {URGENT} {NOTICE}"
    if not asks_number:
        return _document([_say(settings, f"{greeting} {SPEAK}"), *_tape(settings)])
    gathering = Element("Gather", input="dtmf", finishOnKey="#", timeout="8", action=settings.hook("gather"))
    gathering.append(_say(settings, f"{greeting} {YOUR_NUMBER}"))
    return _document([gathering, _say(settings, SPEAK), *_tape(settings)])


def tape(settings: VoiceSettings) -> str:
    """The number was typed: now the message."""
    return _document([_say(settings, SPEAK), *_tape(settings)])


def thank(settings: VoiceSettings) -> str:
    """The message is there."""
    return _document([_say(settings, THANKS), Element("Hangup")])


def _tape(settings: VoiceSettings) -> list[Element]:
    """Silence alone leaves no recording, and Twilio then goes on to what stands behind."""
    recording = {
        "maxLength": str(LONGEST_S),
        "timeout": str(SILENCE_S),
        "finishOnKey": "#",
        "playBeep": "true",
        "trim": "do-not-trim",
        "action": settings.hook("recorded"),
        "recordingStatusCallback": settings.hook("recording"),
        "recordingStatusCallbackEvent": "completed",
    }
    return [Element("Record", recording), Element("Hangup")]


def _say(settings: VoiceSettings, words: str) -> Element:
    voice = {"voice": settings.voice} if settings.voice else {}
    saying = Element("Say", {"language": LANGUAGE, **voice})
    saying.text = words
    return saying


def _go_to(url: str) -> Element:
    going = Element("Redirect", method="POST")
    going.text = url
    return going


def _document(verbs: Iterable[Element]) -> str:
    response = Element("Response")
    response.extend(verbs)
    return '<?xml version="1.0" encoding="UTF-8"?>' + tostring(response, encoding="unicode")
