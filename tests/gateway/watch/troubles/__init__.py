"""
How each alarm comes about in real life, done to a real deployment.

A trouble is entered with a world, yields the Watch that must hear of it once everything has gone wrong for long enough,
and mends it where `mend` is called.
"""

from __future__ import annotations

from tests.gateway.watch.troubles.of_answers import OF_ANSWERS
from tests.gateway.watch.troubles.of_calls import OF_CALLS
from tests.gateway.watch.troubles.of_intake import OF_INTAKE
from tests.gateway.watch.troubles.of_keeping import OF_KEEPING
from tests.gateway.watch.troubles.of_process import OF_PROCESS
from tests.gateway.watch.troubles.trouble import look, with_limit

__all__ = ["TROUBLES", "look", "with_limit"]

TROUBLES = {one.__name__: one for one in (*OF_INTAKE, *OF_ANSWERS, *OF_PROCESS, *OF_CALLS, *OF_KEEPING)}
