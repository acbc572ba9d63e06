"""`…/{command}/soan`: while an answer is typed, what it does not say yet, and the letter it would become."""

from __future__ import annotations

from types import MappingProxyType

from aiohttp import web

from core.letters.wording import objections
from core.service.wording import ANSWERS
from gateway.auth import require_staff
from gateway.console.casefile import ACTING, read_view
from gateway.console.letter_list import preview_of
from gateway.console.letters import answer_in, drafted
from gateway.console.shared import line_of, show
from gateway.deployment import DEPLOYMENT

PATH = "soan"
COMPOSED = MappingProxyType(
    {command: field for command, field in ANSWERS.items() if field} | {"submit_result": "draft_answer"}
)
"""Command → the field in which an answer to a citizen is written."""


@require_staff()
async def compose(request: web.Request) -> web.StreamResponse:
    """A fragment: masked like the page, nothing is stored. HTTPNotFound for a command that composes nothing."""
    command, posted = request.match_info["command"], await request.post()
    if command not in COMPOSED:
        raise web.HTTPNotFound
    view = await read_view(request, acting=line_of(posted.get(ACTING)))
    words, letter = answer_in(posted, COMPOSED[command]), ""
    pack = request.app[DEPLOYMENT].regulation.packs.get(view.regulation)
    if words and (name := preview_of(command)):
        letter = (await drafted(request, name, posted)).text
    found = objections(words, pack.letter.wording) if words else ()
    return show(request, "_composing.html", found=found, letter=letter, composed=bool(words))
