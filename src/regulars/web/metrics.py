"""What this server counts of itself, for Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/).

With several worker processes `serve` names a folder in PROMETHEUS_MULTIPROC_DIR, through which they add up.
"""

import os
from functools import lru_cache

from litestar.types import Message, Scope
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from regulars.web.settings import METRICS_FOLDER

CONTENT_TYPE = CONTENT_TYPE_LATEST
SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)

answers = Counter("regulars_http_answers", "Answers by route, method and status.", ["route", "method", "status"])
taken = Counter("regulars_events_taken", "Events that are durable.")
refused = Counter("regulars_events_refused", "Events of batches that were not understood.")
deciding = Histogram("regulars_decide_seconds", "Time from the question to the decision.", buckets=SECONDS)
taking = Histogram("regulars_ingest_seconds", "Time from a call with events to their commit.", buckets=SECONDS)


async def count_answer(message: Message, scope: Scope) -> None:
    """Before an answer is sent: count it."""
    if message["type"] == "http.response.start":
        _answered(scope.get("path_template") or "unknown", scope.get("method", ""), message["status"]).inc()


@lru_cache(maxsize=10_000)
def _answered(route: str, method: str, status: int) -> Counter:
    return answers.labels(route, method, str(status))


def exposition() -> bytes:
    """Everything counted, of all workers, as text."""
    if not os.environ.get(METRICS_FOLDER):
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
