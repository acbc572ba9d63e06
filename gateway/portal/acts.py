"""
What a reporter does on the tracking page.

Words and files go through the inbox like every other message; the page waits a moment for the worker, so that they are
usually seen at once. The rest are commands of the case: what the regulation does not allow is told in its own words.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from aiohttp import web

from channels.base import clean_text
from channels.own import Submission
from core.cases.decide import Actor, Refusal
from core.contract.schema import Attachment, new_id
from core.service.posting import READ_THERE
from core.service.public import FollowView
from gateway.deployment import DEPLOYMENT
from gateway.pages.formats import span
from gateway.portal.fields import LONGEST_CONTENT
from gateway.portal.follow import NOTHING_TYPED, REPORT, closed_page, opened_report, report_page, still_open
from gateway.portal.shared import FOLLOW_TIME, PORTAL, accept, client_of
from gateway.portal.uploads import Taken, keep, take_files

LOOKS = 20
LOOK_EVERY = 0.1
MINUTE = timedelta(minutes=1)


async def write(request: web.Request) -> web.StreamResponse:
    """Words and files, as in a chat: a question, or what the centre asked for."""
    view, posted = await still_open(request), await request.post()
    text = typed(posted, "text")
    if view is None:
        return closed_page(request, text)
    if view.channel not in READ_THERE:  # the conversation goes on where it began
        raise web.HTTPSeeOther(REPORT)
    if sentence := too_fast(request) or too_long(text):
        return await report_page(request, view, errors={"text": sentence}, text=text, status=422)
    taken = await take_files(request, posted, subject_id=view.contact_id)
    if errors := refusals(text, taken):
        kept = keep(request, taken.files, subject_id=view.contact_id)
        return await report_page(request, view, errors=errors, text=text, kept=kept, status=taken.status)
    return await _hand_in(request, view, text, taken)


async def rate(request: web.Request) -> web.StreamResponse:
    """One of the regulation's levels, once an answer (A-5), with a comment if one likes."""
    view, posted = await still_open(request), await request.post()
    level, comment = typed(posted, "level"), typed(posted, "comment")
    if view is None:
        return closed_page(request, comment)
    filled = {"level": level, "comment": comment}
    if level not in {key for key, _ in view.progress.levels}:
        errors = {"level": "Hãy chọn một mức đánh giá."}
        return await report_page(request, view, errors=errors, filled=filled, status=422)
    if sentence := too_long(comment):
        return await report_page(request, view, errors={"comment": sentence}, filled=filled, status=422)
    payload = {"level": level, "report_id": view.report_id, "comment": comment or None}
    return await _command(request, view, "rate", payload, filled=filled)


async def give_feedback(request: web.Request) -> web.StreamResponse:
    """What the answer left open: the agency has to clarify it."""
    view, text = await still_open(request), typed(await request.post(), "feedback")
    if view is None:
        return closed_page(request, text)
    if sentence := too_long(text) or ("" if text else "Hãy cho biết điều cần làm rõ."):
        return await report_page(request, view, errors={"feedback": sentence}, filled={"feedback": text}, status=422)
    payload = {"text": text, "report_id": view.report_id}
    return await _command(request, view, "give_feedback", payload, filled={"feedback": text})


async def set_confidential(request: web.Request) -> web.StreamResponse:
    """Keep my identity secret, or no longer; open until the result is published (TG-5.4)."""
    view = await opened_report(request)
    wish = typed(await request.post(), "confidential") == "1"
    if wish == view.confidential:
        raise web.HTTPSeeOther(f"{REPORT}?xong=set_confidential")
    return await _command(request, view, "set_confidential", {"confidential": wish})


async def withdraw(request: web.Request) -> web.StreamResponse:
    """Take the report back; the box says that it was meant."""
    view = await opened_report(request)
    if typed(await request.post(), "sure") != "1":
        sentence = "Hãy đánh dấu ô xác nhận trước khi rút phản ánh."
        return await report_page(request, view, errors={"sure": sentence}, status=422)
    return await _command(request, view, "cancel", {"reason_code": "withdrawn"})


async def _command(
    request: web.Request,
    view: FollowView,
    name: str,
    payload: Mapping[str, Any],
    *,
    filled: Mapping[str, str] = NOTHING_TYPED,
) -> web.StreamResponse:
    """Carry it out as the reporter, or show why the regulation does not allow it; `filled`: what was typed for it."""
    clerk = request.app[DEPLOYMENT].clerk
    answer = await clerk.execute(view.case_id, name, payload, actor=Actor.reporter(view.contact_id))
    if isinstance(answer, Refusal):
        return await report_page(request, view, errors={"": answer.text_vi}, filled=filled, status=answer.http)
    raise web.HTTPSeeOther(f"{REPORT}?xong={name}")


async def _hand_in(request: web.Request, view: FollowView, text: str, taken: Taken) -> web.StreamResponse:
    """Store it; then wait a moment for the worker, who is usually done before the page is drawn again."""
    desk = request.app[PORTAL].desk
    before = await desk.pulse(view.code)
    submission = Submission(
        what="text",
        id=said_once(await _ticket(request), text, taken.files),
        code=view.code,
        sent_at=request.app[DEPLOYMENT].now(),
        conversation_id=view.conversation_id,
        text=text,
        attachments=taken.files,
    )
    await accept(request, submission)
    for _ in range(LOOKS):
        if await desk.pulse(view.code) != before:
            break
        await asyncio.sleep(LOOK_EVERY)
    raise web.HTTPSeeOther(f"{REPORT}?xong=text")


async def _ticket(request: web.Request) -> str:
    """One for each page that was shown. From a page too old, a fresh one."""
    portal, now = request.app[PORTAL], request.app[DEPLOYMENT].now()
    ticket = typed(await request.post(), "once")
    return ticket if portal.notes.open("once", ticket, now=now, longest=FOLLOW_TIME) else new_id()


def said_once(ticket: str, text: str, files: Sequence[Attachment]) -> str:
    """The id of what was sent from one page: pressing twice is once, and other words from the same page are others."""
    said = "\0".join([ticket, text, *(file.sha256 for file in files)])
    return hashlib.sha256(said.encode(errors="surrogatepass")).hexdigest()


def typed(posted: Mapping[str, Any], name: str) -> str:
    """A field as it was typed, tidied; empty where there is none."""
    value = posted.get(name, "")
    return clean_text(value).strip() if isinstance(value, str) else ""


def too_fast(request: web.Request) -> str:
    """A sentence for whoever writes faster than a person can; empty for everybody else."""
    wait = request.app[PORTAL].writing.wait(client_of(request), request.app[DEPLOYMENT].now())
    return f"Quý vị gửi quá nhanh. Vui lòng chờ {span(wait + MINUTE)} rồi gửi lại." if wait else ""


def too_long(text: str) -> str:
    """A sentence where it is; empty where it is not."""
    if len(text) <= LONGEST_CONTENT:
        return ""
    return f"Nội dung dài quá {LONGEST_CONTENT} ký tự. Vui lòng viết ngắn hơn."


def refusals(text: str, taken: Taken) -> dict[str, str]:
    """What keeps words and files from being handed in, by field."""
    if taken.refused:
        return {"media": " ".join(taken.refused)}
    return {} if text or taken.files else {"text": "Hãy ghi nội dung hoặc chọn ảnh, video cần gửi."}
