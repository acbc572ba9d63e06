"""Several telephony processes on one machine: how many, and which of them this one is."""

from __future__ import annotations

from pydantic import Field

from gateway.settings.base import Section


class Fleet(Section):
    """
    How many telephony processes answer calls, each on a core of its own, behind one proxy (`deploy/kamailio`).

    Node k listens for SIP on `sip_port` + k - 1 (any port where that is 0) and has its own part of the RTP range.
    `node` is which one a process is that was started by itself (`LANGNGHE_NODE`); `langnghe serve` starts all of them.
    `max_calls` and `drain_seconds` are of each.
    """

    nodes: int = Field(default=1, ge=1, le=16)
    node: int = Field(default=1, ge=1, le=16)
