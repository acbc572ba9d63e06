"""
What is counted where it happens, for Prometheus. Labels come from closed sets only, never an id or a number.

What waits, how old it is and what ends when is read at a scrape: `gateway.watch`. The hot path of acceptance keeps
plain numbers (`core.counting`) and bound children, so that a message costs no look-up here.
"""

from __future__ import annotations

from prometheus_client import Counter, Histogram

from core.counting import SECONDS, WAITS

HOOK_SECONDS = Histogram(
    "gateway_hook_seconds", "From a provider's request to our answer", ["channel", "outcome"], buckets=SECONDS
)
PROCESSED = Counter("gateway_processed_total", "Inbox items by outcome", ["channel", "outcome"])
INBOX_SECONDS = Histogram(
    "inbox_seconds",
    "From acceptance to the end of processing",
    ["channel"],
    buckets=WAITS,
)
SENT = Counter("gateway_send_total", "Outbound messages by outcome", ["channel", "outcome"])
REQUESTS = Histogram("gateway_http_seconds", "HTTP requests", ["method", "route", "status"])
CLOCKS_FIRED = Counter("clock_fired_total", "Clocks fired by kind", ["kind"])
CLOCK_LATENESS = Histogram(
    "clock_lateness_seconds", "From the due instant to its event", buckets=(0.5, 1, 2, 5, 10, 60, 600, 3600)
)
