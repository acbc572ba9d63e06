"""What the centre tells everybody, and public services to look up: for whoever holds the app, with no report open."""

from __future__ import annotations

from pydantic import Field

from core.contract.schema import Instant, Model
from core.service.public_notices import NoticeKind, PublicNotices
from core.storage.public_notices import PUBLISHED, NoticeRow, place_of
from gateway.api.app.door import TAG, AppCall
from gateway.api.cursor import decode, encode
from gateway.api.operation import Answer, Operation
from gateway.portal.utilities import utilities_of

MOST = 100


class Since(Model):
    """Where the reader is."""

    since: str = Field(default="", max_length=400, description="`cursor` of the answer before; empty: what is in force")


class NoticeView(Model):
    """
    One notice. `areas`: names of places it concerns, none: the whole province.

    `withdrawn`: it counts no more, and has no words; whoever shows it takes it away.
    """

    id: str
    kind: NoticeKind
    title: str
    text: str
    areas: tuple[str, ...]
    valid_from: Instant
    valid_until: Instant
    withdrawn: bool


class NoticesView(Model):
    """What is new, in the order in which it came. `cursor`: ask with it next time; `more`: there is more at once."""

    items: tuple[NoticeView, ...]
    cursor: str
    more: bool


class UtilityView(Model):
    """One public service and where it is."""

    id: str
    label: str
    url: str


class UtilitiesView(Model):
    """Public services, in the order of the regulation."""

    items: tuple[UtilityView, ...]


async def list_notices(call: AppCall) -> Answer:
    """Notices, warnings and bulletins of disasters: those in force, or what came and went since the cursor."""
    given: str = call.query.since
    notices = PublicNotices(call.deployment.database, now=call.deployment.now)
    rows = await notices.since(decode(given), most=MOST + 1)
    shown = rows[:MOST]
    cursor = encode(place_of(shown[-1])) if shown else given
    return Answer(NoticesView(items=tuple(map(_view, shown)), cursor=cursor or "", more=len(rows) > MOST))


def _view(row: NoticeRow) -> NoticeView:
    told = row.state == PUBLISHED
    return NoticeView(
        id=row.id,
        kind=NoticeKind(row.kind),
        title=row.title if told else "",
        text=row.text if told else "",
        areas=tuple(row.areas) if told else (),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        withdrawn=not told,
    )


async def list_utilities(call: AppCall) -> Answer:
    """Public services to look up, as the regulation names them."""
    found = utilities_of(call.deployment)
    return Answer(UtilitiesView(items=tuple(UtilityView(id=one.id, label=one.label, url=one.url) for one in found)))


OPERATIONS = (
    Operation(
        "appListNotices",
        "GET",
        "/app/notices",
        TAG,
        "Thông báo, cảnh báo cho mọi người",
        list_notices,
        NoticesView,
        query=Since,
        door="app",
    ),
    Operation(
        "appListUtilities",
        "GET",
        "/app/utilities",
        TAG,
        "Tiện ích công cần tra cứu",
        list_utilities,
        UtilitiesView,
        door="app",
    ),
)
