"""The one place that asks what time it is. Everything below `web` and `main` is told."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The current instant, aware, UTC."""
    return datetime.now(UTC)
