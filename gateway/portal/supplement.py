"""
`/bo-sung/…`: the question that was put about one report, opened by the link in its letter, answered once.

Nothing of the report is shown but the question. Looking at it ends nothing, so that a mail program may look first.
Whoever answers in the moment in which somebody else does is heard as well; the same words sent twice count once.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from channels.own import Submission
from core.service.supplement_links import Question
from gateway.deployment import DEPLOYMENT
from gateway.pages import render
from gateway.portal.acts import refusals, said_once, too_long, typed
from gateway.portal.shared import PORTAL, accept, client_of, private
from gateway.portal.uploads import Posted, Taken, keep, kept_files, limits, new_files, take_files

PAGE = "/bo-sung"


async def show_question(request: web.Request) -> web.StreamResponse:
    """The question, and where to answer it; or that the link has ended."""
    question = await _opened(request)
    return _question(request, question) if question and not question.used else _ended(request, question)


async def take_answer(request: web.Request) -> web.StreamResponse:
    """Words and files, once: they go into the conversation of the report like any others."""
    question = await _opened(request)
    posted = await request.post()
    text = typed(posted, "text")
    if question is None or question.used:
        repeated = question is not None and await _is_repeat(request, question, posted, text)
        return _page(request, "done") if repeated else _ended(request, question, text=text)
    if sentence := too_long(text):
        return _question(request, question, errors={"text": sentence}, text=text, status=422)
    taken = await take_files(request, posted, subject_id=question.contact_id)
    if errors := refusals(text, taken):
        kept = keep(request, taken.files, subject_id=question.contact_id)
        return _question(request, question, errors=errors, text=text, kept=kept, status=taken.status)
    await accept(request, _submission(request, question, text, taken))
    return _page(request, "done")


async def _is_repeat(request: web.Request, question: Question, posted: Posted, text: str) -> bool:
    """Whether these very words spent the link: a double click, or a page that was loaded again."""
    files = kept_files(request, posted, subject_id=question.contact_id)
    said = said_once(question.spent, text, files)
    return not new_files(posted) and await request.app[DEPLOYMENT].clerk.supplements.took(said)


def _submission(request: web.Request, question: Question, text: str, taken: Taken) -> Submission:
    return Submission(
        what="text",
        id=said_once(question.spent, text, taken.files),
        code=question.code,
        sent_at=request.app[DEPLOYMENT].now(),
        conversation_id=question.conversation_id,
        text=text,
        attachments=taken.files,
        spends=question.spent,
    )


async def _opened(request: web.Request) -> Question | None:
    """What the link opens. HTTPTooManyRequests."""
    if request.app[PORTAL].linking.wait(client_of(request), request.app[DEPLOYMENT].now()):
        raise web.HTTPTooManyRequests
    return await request.app[DEPLOYMENT].clerk.supplements.open(request.match_info["token"])


def _question(request: web.Request, question: Question, *, status: int = 200, **shown: Any) -> web.Response:
    return _page(request, "open", status=status, question=question, **shown)


def _ended(request: web.Request, question: Question | None, *, text: str = "") -> web.Response:
    """`text`: what was written meanwhile; nobody has to write it again."""
    return _page(request, "used" if question else "ended", status=410, text=text)


def _page(request: web.Request, state: str, *, status: int = 200, **shown: Any) -> web.Response:
    values = {"errors": {}, "text": "", **limits(request), **shown}
    return private(render(request, "portal/supplement.html", status=status, state=state, **values))
