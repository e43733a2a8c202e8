"""What a deployment may set, from the environment. Each one is described in docs/deployment.md (a test compares)."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from regulars.kit.errors import Invalid
from regulars.main.mail_settings import MAIL_SETTINGS, MailSettings, read_mail_settings, works_inside

SETTINGS = {
    "REGULARS_DATABASE_URL": "postgresql://… of any PostgreSQL 15+; unset: the bundled one, started under REGULARS_VAR",
    "REGULARS_VAR": "folder for models and the bundled PostgreSQL (default ./var)",
    "REGULARS_URL": "the address people reach this server at (default: the address it listens on)",
    "REGULARS_WORKERS": "server processes (default 1)",
    "REGULARS_LAKE": "where `regulars lake export` writes history: a folder, s3://… (default: none)",
    "REGULARS_OIDC_ISSUER": "sign-in provider (OpenID Connect) that vouches for agents, e.g. https://login.example",
    "REGULARS_OIDC_CLIENT_ID": "as whom we ask that provider",
    "REGULARS_OIDC_CLIENT_SECRET": "the secret it gave us",
    "REGULARS_PRIVATE_WEBHOOKS": "yes: webhooks may also go to http:// and to addresses of our own net (default no)",
    "REGULARS_PASSWORD": "password for `regulars agent add`, so that it stands in no shell history",
    **MAIL_SETTINGS,
}
"""Name of each setting and what it means."""


@dataclass(frozen=True)
class Settings:
    """The settings of this process."""

    database_url: str | None
    var: Path
    url: str | None
    workers: int
    oidc: tuple[str, str, str] | None = None
    mail: MailSettings = field(default_factory=MailSettings)
    works_inside: bool = True
    lake: str | None = None
    private_webhooks: bool = False


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings as the environment has them. Raises Invalid for a name we do not know or a value of no sense."""
    unknown = sorted(n for n in environment if n.startswith("REGULARS_") and n not in {*SETTINGS, *_OF_OTHERS})
    if unknown:
        raise Invalid(f"unknown setting {', '.join(unknown)}: the settings are {', '.join(SETTINGS)}")
    workers = environment.get("REGULARS_WORKERS", "1")
    if not workers.isdigit() or not 1 <= int(workers) <= 64:
        raise Invalid(f"REGULARS_WORKERS must be a number from 1 to 64, not {workers!r}")
    return Settings(
        database_url=environment.get("REGULARS_DATABASE_URL") or None,
        var=Path(environment.get("REGULARS_VAR") or "var"),
        url=environment.get("REGULARS_URL") or None,
        workers=int(workers),
        oidc=_oidc(environment),
        mail=read_mail_settings(environment),
        works_inside=works_inside(environment),
        lake=environment.get("REGULARS_LAKE") or None,
        private_webhooks=_private_webhooks(environment),
    )


def _private_webhooks(environment: Mapping[str, str]) -> bool:
    said = environment.get("REGULARS_PRIVATE_WEBHOOKS", "no")
    if said not in ("yes", "no"):
        raise Invalid(f"REGULARS_PRIVATE_WEBHOOKS is yes or no, not {said!r}")
    return said == "yes"


def _oidc(environment: Mapping[str, str]) -> tuple[str, str, str] | None:
    names = [f"REGULARS_OIDC_{part}" for part in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET")]
    issuer, client, secret = (environment.get(name, "") for name in names)
    if not (issuer or client or secret):
        return None
    if not (issuer and client and secret):
        raise Invalid(f"sign-in through a provider needs all of {', '.join(names)}")
    if not issuer.startswith(("https://", "http://localhost", "http://127.0.0.1")):
        raise Invalid("REGULARS_OIDC_ISSUER is an address that begins with https://")
    return issuer, client, secret


_OF_OTHERS = {"REGULARS_DATA", "REGULARS_CHROMIUM"}  # of benchmarks and tests
