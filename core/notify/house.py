"""What every letter of a deployment says about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.notify.letters import PLACEHOLDERS, STAFF_PLACEHOLDERS, Letter
from core.notify.quiet import Quiet, quiet_hours
from core.notify.words import Shipped, Words

ANY_WORK = "task_new"


@dataclass(frozen=True)
class House:
    """
    The office behind the letters: its name, its hotline, where a report is followed, where staff find a case.

    `supplement_url`: below it, links that open one question about one report. `one_case_url`: below it, links that open
    one case for one official; empty: there are none. `quiet`: when nobody is woken for what can wait (VN-6).
    `processors`: others process people's data on its behalf (VN-4).
    `words`: what letters and the dialogue say.
    """

    office: str
    hotline: str
    follow_url: str
    case_url: str = ""
    supplement_url: str = ""
    one_case_url: str = ""
    quiet: Quiet = field(default_factory=quiet_hours)
    processors: bool = False
    words: Words = field(default_factory=Shipped)

    def write(self, template: str, values: Mapping[str, str]) -> Letter:
        """A letter from a template; placeholders that nothing is known for stay empty. KeyError: no such template."""
        known = dict.fromkeys(PLACEHOLDERS, "")
        known |= {"office": self.office, "hotline": self.hotline, "link": self.follow_url}
        return self.words.letter(template).fill(known | dict(values))

    def case_page(self, case_id: str) -> str:
        """Where staff find a case once they have signed in."""
        return f"{self.case_url}/{case_id}" if self.case_url else ""

    def write_to_staff(self, template: str, values: Mapping[str, str], *, case_id: str) -> Letter:
        """A notice to an official, with the address of the case; by an unknown template simply that of new work."""
        known = dict.fromkeys(STAFF_PLACEHOLDERS, "")
        known |= {"link": self.case_page(case_id)}
        chosen = self.words.to_staff(template) or self.words.to_staff(ANY_WORK)
        if chosen is None:
            raise KeyError(ANY_WORK)
        return chosen.fill(known | dict(values))
