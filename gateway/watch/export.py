"""The figures in Prometheus' shape, made at the moment of a scrape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol, runtime_checkable

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from core.counting import Buckets, DatabaseCounters
from gateway.deployment import Deployment
from gateway.watch.alarms import ALARMS
from gateway.watch.figures import FIGURES, Samples
from gateway.watch.watch import Watch

_MEANINGS: Mapping[str, str] = {
    "inbox_batch_rows": "Deliveries that shared one commit",
    "inbox_commit_seconds": "From a batch's hand-over to the database until it is on disk",
    "database_commit_seconds": "A write transaction from its beginning until it is on disk",
    "database_pool_wait_seconds": "Until a connection of the pool was free",
    "webhook_to_case_seconds": "From a report's first message to its opened case",
    "event_loop_lag_histogram_seconds": "How late the event loop woke",
}


@runtime_checkable
class _Counted(Protocol):
    counters: DatabaseCounters


async def exposition(watch: Watch, deployment: Deployment) -> bytes:
    """Everything that is read, as text; what is counted elsewhere is added by the caller."""
    registry = CollectorRegistry()
    registry.register(_Collector(await watch.look(), watch, deployment))
    return generate_latest(registry)


class _Collector:
    """What `prometheus_client` asks for families."""

    def __init__(self, samples: Samples, watch: Watch, deployment: Deployment) -> None:
        self._samples, self._watch, self._deployment = samples, watch, deployment

    def collect(self) -> Iterator[Metric]:
        """Gauges by name, then the histograms and counters of the hot path, then the alarms."""
        for name, values in self._samples.items():
            yield _gauge(name, values)
        for name, buckets in _histograms(self._watch, self._deployment).items():
            yield _histogram(name, buckets)
        yield from _acceptance(self._deployment)
        yield _thoughts(self._deployment)
        yield _alarms(self._watch)

    def describe(self) -> list[Metric]:
        """Nothing in advance: a registry of one scrape needs no check for doubles."""
        return []


def _gauge(name: str, values: Mapping[tuple[str, ...], float]) -> GaugeMetricFamily:
    figure = FIGURES[name]
    family = GaugeMetricFamily(name, figure.means, labels=figure.labels)
    for labels, value in values.items():
        family.add_metric(labels, value)
    return family


def _histograms(watch: Watch, deployment: Deployment) -> dict[str, Buckets]:
    accepted, database = deployment.inbox.counters, deployment.database
    found = {
        "inbox_batch_rows": accepted.batches,
        "inbox_commit_seconds": accepted.commits,
        "webhook_to_case_seconds": deployment.clerk.opened,
        "event_loop_lag_histogram_seconds": watch.pulse.lags,
    }
    if isinstance(database, _Counted):
        found["database_commit_seconds"] = database.counters.commits
        found["database_pool_wait_seconds"] = database.counters.waits
    return found


def _histogram(name: str, buckets: Buckets) -> HistogramMetricFamily:
    family = HistogramMetricFamily(name, _MEANINGS[name])
    bounds: list[Any] = [("+Inf" if bound == float("inf") else str(bound), n) for bound, n in buckets.cumulative()]
    family.add_metric([], bounds, buckets.sum)
    return family


def _acceptance(deployment: Deployment) -> Iterator[CounterMetricFamily]:
    counters = deployment.inbox.counters
    family = CounterMetricFamily("intake_deliveries", "Deliveries by how they were taken", labels=["outcome"])
    for outcome in ("stored", "journaled", "refused"):
        family.add_metric([outcome], getattr(counters, outcome))
    yield family


def _thoughts(deployment: Deployment) -> CounterMetricFamily:
    family = CounterMetricFamily(
        "thoughts", "Questions to the dialogue, by where they were thought out", labels=["where"]
    )
    for where, count in deployment.thinking.thinkers.counts.items():
        family.add_metric([where], count)
    return family


def _alarms(watch: Watch) -> GaugeMetricFamily:
    family = GaugeMetricFamily("alarm_rings", "1 while an alarm rings in this process", labels=["alarm"])
    ringing = {one.alarm.name for one in watch.ringing}
    for name in ALARMS:
        family.add_metric([name], float(name in ringing))
    return family
