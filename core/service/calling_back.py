"""
A number that reception called, and whose owner answered for the report, is verified by that (QB-IV.1.1a.1).

Only where nothing is ambiguous: one reporter in the case, and one number of theirs.
"""

from __future__ import annotations

from functools import partial

from core.cases.events import VerificationCallLogged
from core.identity.contacts import Proof
from core.service.work import Work
from core.storage import contacts


def note_callbacks(work: Work) -> None:
    """Verify the numbers that were reached in this unit."""
    for file in work.cases.values():
        reporters = {report.contact_id for report in file.now.reports}
        for event in file.events:
            if isinstance(event, VerificationCallLogged) and event.outcome == "reached" and len(reporters) == 1:
                verify = partial(contacts.verify_only_phone, by=Proof.CALLBACK, now=event.at)
                work.add(partial(verify, contact_id=next(iter(reporters))))
