"""
Citizens without an account: a code to hold, a report to follow, results to read.

`PublicDesk` is the way in. Every view is built field by field from an allow-list, never by leaving something out.
"""

from core.service.public.desk import Page, PublicDesk
from core.service.public.following import FollowView, Line
from core.service.public.glance import Glance, Step
from core.service.public.listing import Wanted
from core.service.public.locking import Opened, Refused
from core.service.public.progress import Answer, Progress
from core.service.public.promising import Promise

__all__ = [
    "Answer",
    "FollowView",
    "Glance",
    "Line",
    "Opened",
    "Page",
    "Progress",
    "Promise",
    "PublicDesk",
    "Refused",
    "Step",
    "Wanted",
]
