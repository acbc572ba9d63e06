"""
The new words of a reply, without what it quotes. A guess: the full text is always kept beside it.

Our own scan knows how Vietnamese and English mail programs announce a quotation, in linear time. What is left, if
short, goes through mail-parser-reply for the habits of other programs and languages; its expressions take quadratic
time on hostile input, hence the limit. Signatures stay: citizens write name, telephone and address there, which the
regulations ask for. A forwarded mail is not cut, because what is forwarded is what they want to say.
"""

from __future__ import annotations

import re

from mailparser_reply.parser import EmailMessage as ReplyMessage

LIBRARY_LIMIT = 4_000
HEADER_REACH = 7
_WROTE_START = re.compile(r"[>\s]*(?:Vào|Ngày|Lúc|Trên|Hôm|Thứ|Th \d|CN|On)\b", re.IGNORECASE)
_WROTE_END = re.compile(r"(?:đã viết|viết|wrote|написал)\s*:\s*$", re.IGNORECASE)
_LABELLED_FROM = re.compile(r"[>\s*]*(?:Từ|From|Người gửi)\*?\s*:\*?\s*\S", re.IGNORECASE)
_LABELLED_SUBJECT = re.compile(r"[>\s*]*(?:Chủ đề|Tiêu đề|Subject)\*?\s*:", re.IGNORECASE)
_LABELLED_DATE = re.compile(r"[>\s*]*(?:Đã gửi|Ngày gửi|Gửi lúc|Ngày|Sent|Date)\*?\s*:", re.IGNORECASE)
_ORIGINAL = re.compile(
    r"[>\s]*-{2,}\s*(?:Original Message|Thư gốc|Tin nhắn gốc|Thư ban đầu)\s*-{2,}\s*$", re.IGNORECASE
)
_FORWARDED = re.compile(
    r"[>\s]*(?:-{2,}\s*(?:Forwarded message|Thư (?:đã )?(?:được )?chuyển tiếp|Tin nhắn (?:được )?chuyển tiếp)\s*-{2,}"
    r"|Begin forwarded message:|Bắt đầu (?:thư|tin nhắn) được chuyển tiếp:)\s*$",
    re.IGNORECASE,
)
_FORWARD_SUBJECT = re.compile(r"\s*(?:fwd?|chuyển tiếp|ct)\s*:", re.IGNORECASE)
_SENT_FROM = re.compile(
    r"\s*(?:(?:Được |Đã )?Gửi từ (?:iPhone|iPad|điện thoại|thiết bị|Outlook|Yahoo|Samsung|Mail)\b.*"
    r"|Sent from (?:my|Yahoo|Outlook|Mail)\b.*|Get Outlook for \w+.*|Tải (?:về )?Outlook cho \w+.*)$",
    re.IGNORECASE,
)


def new_words(text: str, subject: str = "") -> str:
    """The words that are new in this mail; the whole text if it is a forward. May be empty."""
    lines = text.split("\n")
    cut = _first_quotation(lines)
    forward = _first(lines[:cut], _FORWARDED)
    if forward is not None or _FORWARD_SUBJECT.match(subject):
        return text.strip()
    above = _without_quotes(lines[:cut])
    if not above:
        return _without_quotes(lines[cut + _announcement(lines, cut) :])
    return _by_library(above)


def _first_quotation(lines: list[str]) -> int:
    """Index of the line that announces the quoted mail; the number of lines if none does."""
    for index, line in enumerate(lines):
        if _ORIGINAL.match(line) or _announcement(lines, index):
            return index
    return len(lines)


def _announcement(lines: list[str], index: int) -> int:
    """How many lines from here announce a quotation ("Vào … đã viết:", "Từ: … Chủ đề: …"); 0 if they do not."""
    if index >= len(lines):
        return 0
    if _WROTE_START.match(lines[index]):
        return _wrote(lines[index : index + 3])
    if _LABELLED_FROM.match(lines[index]):
        reach = lines[index : index + HEADER_REACH]
        subject = _first(reach, _LABELLED_SUBJECT)
        dated = _first(reach, _LABELLED_DATE) is not None
        return subject + 1 if subject is not None and dated else 0
    return 0


def _wrote(lines: list[str]) -> int:
    """Programs wrap "Vào …, An <an@…> đã viết:" over up to three lines; a blank line ends it."""
    for count, line in enumerate(lines, start=1):
        if not line.strip("> ") or len(line) > 300:
            return 0
        if _WROTE_END.search(line):
            return count
    return 0


def _first(lines: list[str], form: re.Pattern[str]) -> int | None:
    return next((index for index, line in enumerate(lines) if form.match(line)), None)


def _without_quotes(lines: list[str]) -> str:
    kept = [line for line in lines if not line.lstrip().startswith(">") and not _SENT_FROM.match(line)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _by_library(text: str) -> str:
    if len(text) > LIBRARY_LIMIT:
        return text
    replies = ReplyMessage(text=text, languages=["en"], keep_hyphen_lists=True).read().replies
    first = next((reply.full_body for reply in replies if reply.full_body), "")
    return first or text
