"""A message that somebody of the staff sends to themselves, to see whether a channel still brings anything."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from core.clock import local
from core.contract.schema import new_id
from core.notify.letters import Letter
from core.service.clerk import Clerk
from core.service.officers import OUTSIDE, Saying
from core.service.work import Work
from core.storage import staff_notices
from core.storage.database import Connection, Database
from core.storage.staff_notices import Delivery

TRIAL = "trial"
PAUSE = timedelta(minutes=1)
"""Between two of one person: a provider counts every message."""


def last_trials(connection: Connection, *, user_id: str) -> list[Delivery]:
    """What became of this person's last, in each form."""
    return staff_notices.of_sort(connection, user_id, TRIAL, most=len(OUTSIDE))


async def try_out(clerk: Clerk, database: Database, user_id: str, *, now: datetime) -> bool:
    """Queue one in every form outside the console; False: the last is not a minute old. Nothing is pretended."""
    before = await database.read(partial(last_trials, user_id=user_id))
    if before and before[0].notice.created_at > now - PAUSE:
        return False
    text = f"Tin thử lúc {local(now):%H:%M:%S %d/%m/%Y}. Quý vị không cần trả lời."
    letter = Letter("Tin thử của Lắng Nghe", text)
    saying = Saying(f"{TRIAL}/{new_id()}", seats=(("", ""),), notification=TRIAL, letter=letter, via=OUTSIDE)
    work = Work()
    await clerk.officers.say_to(work, saying, user_id)
    await clerk.finish(work)
    return True
