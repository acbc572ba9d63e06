"""
Citizens without an account: a code to hold, a report to follow, results to read.

`PublicDesk` is the way in. Every view is built field by field from an allow-list, never by leaving something out.
"""

from core.service.public.desk import Opened, Page, Promise, PublicDesk, Refused
from core.service.public.following import FollowView, Line
from core.service.public.glance import Glance, Step
from core.service.public.progress import Answer, Progress

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
]
