"""Contacts: one person who wrote to us, masked unless revealed."""

from __future__ import annotations

from core.service.reading.views import ContactView
from gateway.api.operation import Answer, Call, Operation, Reveal


async def show_contact(call: Call) -> Answer:
    """A person with reports and conversations; in clear only for the centre, and logged."""
    return Answer(await call.reader.contact(call.path("contact_id"), call.member, reveal=call.query.reveal))


async def part_contacts(call: Call) -> Answer:
    """Undo a link between two contacts; it is written down who did."""
    call.need_centre()
    await call.deployment.clerk.joining.part(call.path("link_id"), by=call.staff.id)
    return Answer(status=204)


OPERATIONS = (
    Operation(
        "showContact",
        "GET",
        "/contacts/{contact_id}",
        "contacts",
        "Một người phản ánh",
        show_contact,
        ContactView,
        query=Reveal,
    ),
    Operation(
        "partContacts",
        "DELETE",
        "/contacts/links/{link_id}",
        "contacts",
        "Tách hai người liên hệ đã được gộp",
        part_contacts,
        status=204,
    ),
)
