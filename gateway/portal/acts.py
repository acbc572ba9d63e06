"""
What a reporter does on the tracking page: write, add, rate, ask for secrecy, take the report back.

Each is a delivery through the same inbox as every other message; the page waits a moment for the worker, so that what
was done is usually seen at once.
"""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta
from typing import Any

from aiohttp import web

from channels.base import clean_text
from channels.web.mapping import Submission, What
from core.service.public import FollowView
from gateway.deployment import DEPLOYMENT
from gateway.pages.formats import span
from gateway.portal.fields import LONGEST_CONTENT
from gateway.portal.follow import REPORT, opened_report, report_page
from gateway.portal.shared import FOLLOW_TIME, PORTAL, accept, client_of
from gateway.portal.uploads import Taken, take_files

LOOKS = 20
LOOK_EVERY = 0.1


async def write(request: web.Request) -> web.StreamResponse:
    """Words and files, as in a chat: a question, a supplement, feedback."""
    view = await opened_report(request)
    posted = await request.post()
    text = clean_text(str(posted.get("text", ""))).strip()
    if sentence := _too_fast(request) or _too_long(text):
        return report_page(request, view, errors={"text": sentence}, text=text, status=422)
    taken = await take_files(request, posted, subject_id=view.contact_id)
    if errors := _refusals(text, taken):
        return report_page(request, view, errors=errors, text=text, status=413 if taken.too_large else 422)
    return await _hand_in(request, view, "text", text=text, attachments=taken.files)


async def rate(request: web.Request) -> web.StreamResponse:
    """One of the regulation's levels, with a comment if one likes."""
    view = await opened_report(request)
    posted = await request.post()
    level, text = str(posted.get("level", "")), clean_text(str(posted.get("comment", ""))).strip()
    if level not in {key for key, _ in view.progress.levels}:
        return report_page(request, view, errors={"level": "Hãy chọn một mức đánh giá."}, status=422)
    if sentence := _too_long(text):
        return report_page(request, view, errors={"comment": sentence}, status=422)
    return await _hand_in(request, view, "rating", level=level, text=text)


async def set_confidential(request: web.Request) -> web.StreamResponse:
    """Keep my identity secret, or no longer; open until the result is published (TG-5.4)."""
    view = await opened_report(request)
    wish = (await request.post()).get("confidential") == "1"
    if "set_confidential" not in view.progress.may:
        sentence = "Kết quả đã công bố hoặc hồ sơ đã kết thúc nên không đổi được nữa."
        return report_page(request, view, errors={"confidential": sentence}, status=409)
    return await _hand_in(request, view, "confidentiality", confidential=wish)


async def withdraw(request: web.Request) -> web.StreamResponse:
    """Take the report back; the box says that it was meant."""
    view = await opened_report(request)
    if (await request.post()).get("sure") != "1":
        sentence = "Hãy đánh dấu ô xác nhận trước khi rút phản ánh."
        return report_page(request, view, errors={"sure": sentence}, status=422)
    if "cancel" not in view.progress.may:
        sentence = "Hồ sơ đã có kết quả hoặc đã kết thúc nên không rút được nữa."
        return report_page(request, view, errors={"sure": sentence}, status=409)
    return await _hand_in(request, view, "withdrawal")


async def _hand_in(request: web.Request, view: FollowView, what: What, **values: Any) -> web.StreamResponse:
    """Store it; then wait a moment for the worker, who is usually done before the page is drawn again."""
    desk = request.app[PORTAL].desk
    before = await desk.pulse(view.code)
    submission = Submission(
        what=what,
        id=await _submission_id(request, what),
        code=view.code,
        sent_at=request.app[DEPLOYMENT].now(),
        conversation_id=view.conversation_id,
        **values,
    )
    await accept(request, submission)
    for _ in range(LOOKS):
        if await desk.pulse(view.code) != before:
            break
        await asyncio.sleep(LOOK_EVERY)
    raise web.HTTPSeeOther(f"{REPORT}?xong={what}")


async def _submission_id(request: web.Request, what: str) -> str:
    """One per page that was shown and button on it: pressing twice is once. A page too old gets a fresh one."""
    portal, now = request.app[PORTAL], request.app[DEPLOYMENT].now()
    written = str((await request.post()).get("once", ""))
    note = portal.notes.open("once", written, now=now, longest=FOLLOW_TIME)
    ticket = written if note else portal.notes.write("once", {}, now=now)
    return hashlib.sha256(f"{what}:{ticket}".encode()).hexdigest()


def _too_fast(request: web.Request) -> str:
    wait = request.app[PORTAL].writing.wait(client_of(request), request.app[DEPLOYMENT].now())
    return f"Quý vị gửi quá nhanh. Vui lòng chờ {span(wait + timedelta(seconds=59))} rồi gửi lại." if wait else ""


def _too_long(text: str) -> str:
    too_long = len(text) > LONGEST_CONTENT
    return f"Nội dung dài quá {LONGEST_CONTENT} ký tự. Vui lòng viết ngắn hơn." if too_long else ""


def _refusals(text: str, taken: Taken) -> dict[str, str]:
    if taken.refused:
        return {"media": " ".join(taken.refused)}
    return {} if text or taken.files else {"text": "Hãy ghi nội dung hoặc chọn ảnh, video cần gửi."}
