"""What the shop's site needs to be told, as any customer's site: an address, a write key, a secret."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoConfig:
    """How the site reaches Regulars.

    write_key      of the browser script
    person_secret  signs who is signed in, so that a visitor cannot claim to be another
    secure         whether the site is reached over TLS: then its cookies are for TLS only
    """

    write_key: str
    person_secret: str
    secure: bool = False
