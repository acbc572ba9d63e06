"""Who is let in, and how fast: admission when we are full, silence for scanners. No I/O; seconds come in."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass

from channels.call_center.sip.settings import EndpointSettings

# Names that scanning tools send, as seen in logs of public SIP servers; none is a telephone's.
SCANNERS = re.compile(
    r"friendly[- ]?scanner|friendly-request|sipvicious|sip-?scan|sundayddr|sipcli|pplsip|smap|iwar|sipsak|vaxsip"
    r"|warvox|siparmyknife|cisco sip scan|eyebeam release 3006o|nm@nm|hacker|masscan|zmap",
    re.IGNORECASE,
)
REMEMBERED = 10_000
PENALTY = 10.0


@dataclass(slots=True)
class Bucket:
    """Tokens that come back with time; never more than `size`."""

    rate: float
    size: float
    tokens: float
    at: float

    def take(self, now: float, cost: float = 1.0) -> bool:
        """Take tokens if there are as many."""
        self._fill(now)
        if self.tokens < cost or self.tokens <= 0:
            return False
        self.tokens -= cost
        return True

    def fine(self, now: float, cost: float) -> None:
        """Take tokens whether they are there or not."""
        self._fill(now)
        self.tokens = max(self.tokens - cost, -self.size)

    def _fill(self, now: float) -> None:
        self.tokens = min(self.size, self.tokens + (now - self.at) * self.rate)
        self.at = now


class Admission:
    """How many calls, and how many new ones a second, the process takes."""

    def __init__(self, settings: EndpointSettings, now: float) -> None:
        self._most = settings.max_calls
        size = float(settings.setups_burst)
        self._setups = Bucket(settings.setups_per_s, size, size, now)

    def admits(self, calls: int, now: float) -> bool:
        """Whether one more call may begin while `calls` are up."""
        return calls < self._most and self._setups.take(now)


def scans(user_agent: str) -> bool:
    """Whether a User-Agent is a scanner's."""
    return bool(SCANNERS.search(user_agent[:200]))


class Guard:
    """
    Throttles sources one by one; the oldest are forgotten, so that many sources cost no memory.
    """

    def __init__(self, *, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def allows(self, source: str, now: float) -> bool:
        """Whether one more request of this source is heard."""
        return self._bucket(source, now).take(now)

    def blocks(self, source: str, now: float) -> bool:
        """Whether fines have emptied what this source had; asking costs nothing."""
        return source in self._buckets and not self._bucket(source, now).take(now, 0)

    def fine(self, source: str, now: float) -> None:
        """It asked for something that a telephone would not ask for, such as a number that is not there."""
        self._bucket(source, now).fine(now, PENALTY)

    def _bucket(self, source: str, now: float) -> Bucket:
        found = self._buckets.pop(source, None) or Bucket(self._rate, self._burst, self._burst, now)
        self._buckets[source] = found
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        return found
