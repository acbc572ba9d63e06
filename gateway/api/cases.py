"""Cases: queue, search, one, its timeline and files."""

from __future__ import annotations

from pydantic import Field

from core.contract.schema import Attachment, Model
from core.service.reading import Wanted
from core.service.reading.told import DeliveryLine
from core.service.reading.views import CaseLine, CaseView, QueueLine, TimelineEntry
from gateway.api.cursor import decode, encode
from gateway.api.errors import ApiError
from gateway.api.operation import Answer, Call, Listing, Operation, Paged, Reveal

TAG = "cases"


class QueueQuery(Paged):
    """Whose queue."""

    role: str = Field(default="", max_length=48, description="Only this one of my roles")


class SearchQuery(Paged):
    """What to look for."""

    q: str = Field(default="", max_length=200, description="Words in any spelling, a report code, a phone or a mail")
    stage: str = Field(default="", max_length=48, description="Only cases at this stage")
    open: bool = Field(default=False, description="Only cases that are not finished")


class FileQuery(Model):
    """How the file is called."""

    name: str = Field(default="", max_length=120)


async def list_queue(call: Call) -> Answer:
    """What I have to do, the nearest due time first."""
    page = await call.reader.queue(
        call.member, after=decode(call.query.cursor), most=call.query.limit, role=call.query.role
    )
    return Answer(Listing[QueueLine](items=page.items, next=encode(page.after)))


async def search_cases(call: Call) -> Answer:
    """Cases I may see, the newest first."""
    wanted = Wanted(call.query.q, stage=call.query.stage, open_only=call.query.open)
    page = await call.reader.search(call.member, wanted, after=decode(call.query.cursor), most=call.query.limit)
    return Answer(Listing[CaseLine](items=page.items, next=encode(page.after)))


async def show_case(call: Call) -> Answer:
    """One case with everything I may see and do; the ETag goes into If-Match of a command."""
    view = await call.reader.case_page(call.path("case_id"), call.member, acting=call.acting, reveal=call.query.reveal)
    return Answer(view, headers={"ETag": f'"{view.version}"'})


async def show_timeline(call: Call) -> Answer:
    """Every event of a case in plain words, the oldest first."""
    view = await call.reader.case_page(call.path("case_id"), call.member, reveal=call.query.reveal)
    return Answer(Listing[TimelineEntry](items=view.timeline), headers={"ETag": f'"{view.version}"'})


async def list_deliveries(call: Call) -> Answer:
    """Whom staff notices about the case went to, in which form, and what came of each."""
    return Answer(Listing[DeliveryLine](items=await call.reader.deliveries(call.path("case_id"), call.member)))


async def show_file(call: Call) -> Answer:
    """One file of a case, as stored; the opening is logged."""
    await call.reader.open_file(call.path("case_id"), call.path("key"), call.member)
    return await stored_file(call)


async def stored_file(call: Call) -> Answer:
    """A file that this person was found to be allowed to open; never shown as a page of ours."""
    found = await call.deployment.media.open(call.path("key"))
    headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
    return Answer(raw=found.data, media_type=found.media_type, headers=headers)


async def add_file(call: Call) -> Answer:
    """Store evidence for a command of this case: its `stored_key` goes into `evidence` or `files`."""
    case = await call.reader.case(call.path("case_id"), call.member)
    if not call.raw:
        raise ApiError(422, "data_missing", "Chưa có tệp nào được gửi lên.")
    stored = await call.deployment.media.put_file(call.raw, subject_id=case.id, name=call.query.name)
    return Answer(stored, status=201)


OPERATIONS = (
    Operation("listQueue", "GET", "/queue", TAG, "Việc của tôi", list_queue, Listing[QueueLine], query=QueueQuery),
    Operation("searchCases", "GET", "/cases", TAG, "Tìm hồ sơ", search_cases, Listing[CaseLine], query=SearchQuery),
    Operation("showCase", "GET", "/cases/{case_id}", TAG, "Một hồ sơ", show_case, CaseView, query=Reveal, acts=True),
    Operation(
        "showTimeline",
        "GET",
        "/cases/{case_id}/timeline",
        TAG,
        "Diễn biến của hồ sơ",
        show_timeline,
        Listing[TimelineEntry],
        query=Reveal,
    ),
    Operation(
        "listDeliveries",
        "GET",
        "/cases/{case_id}/deliveries",
        TAG,
        "Thông báo đã gửi cán bộ",
        list_deliveries,
        Listing[DeliveryLine],
    ),
    Operation(
        "addFile",
        "POST",
        "/cases/{case_id}/files",
        TAG,
        "Gửi tệp minh chứng",
        add_file,
        Attachment,
        query=FileQuery,
        status=201,
        takes_file=True,
    ),
    Operation(
        "showFile",
        "GET",
        "/cases/{case_id}/files/{key}",
        TAG,
        "Mở một tệp của hồ sơ",
        show_file,
        media_type="application/octet-stream",
    ),
)
