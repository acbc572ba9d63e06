"""Contacts: one person who wrote to us, masked unless revealed."""

from __future__ import annotations

from core.service.reading.views import ContactView
from gateway.api.operation import Answer, Call, Operation, Reveal


async def show_contact(call: Call) -> Answer:
    """A person with reports and conversations; in clear only for the centre, and logged."""
    return Answer(await call.reader.contact(call.path("contact_id"), call.member, reveal=call.query.reveal))


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
)
