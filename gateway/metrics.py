"""
Figures for Prometheus. Labels come from closed sets only, never an id or a number.

Counters are raised where things happen; gauges of what waits are read from the database when somebody asks.
"""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

INBOUND = Counter("gateway_inbound_total", "Deliveries by outcome", ["channel", "outcome"])
PROCESSED = Counter("gateway_processed_total", "Inbox items by outcome", ["channel", "outcome"])
SENT = Counter("gateway_send_total", "Outbound messages by outcome", ["channel", "outcome"])
REQUESTS = Histogram("gateway_http_seconds", "HTTP requests", ["method", "route", "status"])
CLOCKS_FIRED = Counter("clock_fired_total", "Clocks fired by kind", ["kind"])
CLOCK_LATENESS = Histogram(
    "clock_lateness_seconds", "From the due instant to its event", buckets=(0.5, 1, 2, 5, 10, 60, 600, 3600)
)

DATABASE_UP = Gauge("database_up", "1 when the database answers")
INBOX_WAITING = Gauge("inbox_waiting", "Items not yet processed")
INBOX_OLDEST = Gauge("inbox_oldest_seconds", "Age of the oldest waiting item")
INBOX_QUARANTINED = Gauge("inbox_quarantined", "Items nobody could read")
JOURNAL_EMPTY = Gauge("journal_empty", "1 when nothing waits to be shipped")
OUTBOX_PENDING = Gauge("outbox_pending", "Messages not yet sent")
OUTBOX_OLDEST = Gauge("outbox_oldest_seconds", "Age of the oldest unsent message")
OUTBOX_UNKNOWN = Gauge("outbox_unknown", "Messages whose sending nobody knows the end of")
OUTBOX_FAILED = Gauge("outbox_failed", "Messages given up")
CLOCK_OVERDUE = Gauge("clock_overdue_seconds", "How long the oldest due clock has waited to fire")
CALENDAR_DAYS = Gauge("calendar_days_left", "Days until the working calendar runs out")
LOOP_LAG = Gauge("event_loop_lag_seconds", "How late the event loop woke up last")
