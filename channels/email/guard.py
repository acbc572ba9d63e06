"""
The brake on automatic mails: a pure policy; the gateway keeps the history and asks before each mail.

Two robots can answer each other for ever, and some robots do not say that they are one. Unasked mails (notices) go
out at most once an hour and three times a day per address. An answer to a person's message goes out at once, but an
equal message is answered at most three times a day, and one address gets at most twenty answers. Nothing is thrown
away here: a mail that may not go now may go at `not_before`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class SentMail:
    """One automatic mail sent to an address; `prompt` is a digest of the person's words it answered, empty if none."""

    at: datetime
    prompt: str = ""


@dataclass(frozen=True)
class Verdict:
    """Whether a mail may go now; if not, the earliest moment, and why in one word for metrics."""

    allowed: bool
    not_before: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class MailBrake:
    """Limits per address, and one over all addresses (mails an hour) against a storm of our own making."""

    notices_per_hour: int = 1
    notices_per_day: int = 3
    same_answer_per_day: int = 3
    answers_per_day: int = 20
    all_per_hour: int = 2000

    def check(
        self, history: Iterable[SentMail], *, now: datetime, prompt: str = "", sent_in_all: Sequence[datetime] = ()
    ) -> Verdict:
        """
        May one more automatic mail go to this address?

        Args:
            history: automatic mails to this address of the last day; older ones are not counted.
            prompt: digest of the person's new words when this mail answers them; empty for a notice.
            sent_in_all: moments of automatic mails to anybody of the last hour.
        Source: RFC 3834 §2; at most one an hour and three a day per sender.
        """
        mails = list(history)
        notices = [mail.at for mail in mails if not mail.prompt]
        answers = [mail.at for mail in mails if mail.prompt]
        equal = [mail.at for mail in mails if mail.prompt and mail.prompt == prompt]
        limits = [("all", sent_in_all, self.all_per_hour, HOUR)]
        if prompt:
            limits += [
                ("same_answer", equal, self.same_answer_per_day, DAY),
                ("answers", answers, self.answers_per_day, DAY),
            ]
        else:
            limits += [("hour", notices, self.notices_per_hour, HOUR), ("day", notices, self.notices_per_day, DAY)]
        waits = [(until, name) for name, moments, most, span in limits if (until := _free_at(moments, most, span, now))]
        if not waits:
            return Verdict(allowed=True)
        until, reason = max(waits)
        return Verdict(allowed=False, not_before=until, reason=reason)


def _free_at(moments: Sequence[datetime], most: int, span: timedelta, now: datetime) -> datetime | None:
    """When one more fits into the sliding span; None: it fits now."""
    recent = sorted(moment for moment in moments if moment > now - span)
    return recent[len(recent) - most] + span if len(recent) >= most else None
