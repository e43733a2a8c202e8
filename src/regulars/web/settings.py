"""What the web edge needs to be told."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder through which the counts of several processes add up (prometheus_client's)."""


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Everything about this server that is not in the database.

    var              folder for what is kept beside the database (model files)
    base_url         where browsers reach this server, without a slash at the end
    seed             for the explored share of decisions; None: from the operating system
    me_link_lasts    how long a link to someone's page works
    anonymous_per_minute  calls a minute one address may make with a write key
    trusted_proxies  how many proxies of ours stand before this server and write X-Forwarded-For
    threads          calls one worker works on at the same time, and its connections to the database
    loopback_metrics whether /metrics answers to this machine without a key
    oidc             who vouches for agents at sign-in: (issuer, client id, client secret); None: passwords only
    private_webhooks  whether webhooks may go to plain http and to addresses of our own net
    """

    var: Path
    base_url: str = "http://127.0.0.1:8000"
    seed: int | None = None
    me_link_lasts: timedelta = field(default=timedelta(hours=12))
    anonymous_per_minute: int = 3_000
    trusted_proxies: int = 0
    threads: int = 8
    loopback_metrics: bool = True
    oidc: tuple[str, str, str] | None = field(default=None, repr=False)
    private_webhooks: bool = False

    @property
    def secure(self) -> bool:
        """Whether browsers reach this server over TLS: then cookies are for TLS only."""
        return self.base_url.startswith("https://")
