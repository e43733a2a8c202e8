"""By which channels a customer can be answered, the one they want first."""

from regulars.desk import Author, Channel, Conversation
from regulars.people import IdentityKind
from regulars.web.pages.inbox.customer import Panel

WANTED = ("contact_channel", "contact", "channel")
"""Facets that say by which channel somebody wants to hear from us, where the company has one of them."""


def ways(found: Conversation, panel: Panel | None) -> list[Channel]:
    """What the conversation or its customer has, the one they chose first, then the one they wrote by last.

    Forms and programs carry nothing back: who wrote by them is answered by e-mail.
    """
    last = found.last_channel if found.last_channel in (Channel.CHAT, Channel.WEBHOOK) else Channel.EMAIL
    said = {m.channel for m in found.messages if m.author in (Author.CUSTOMER, Author.AGENT)}
    there = [last, *(c for c in (Channel.CHAT, Channel.WEBHOOK) if c in said)]
    if _has_address(found, panel):
        there.append(Channel.EMAIL)
    wanted = _wanted(panel)
    return list(dict.fromkeys([wanted, *there] if wanted is not None and wanted in there else there))


def _has_address(found: Conversation, panel: Panel | None) -> bool:
    known = [found.row.address, *(p.address for p in found.participants if p.person is not None)]
    if panel is not None:
        known += [i.value for i in panel.story.identities if i.kind is IdentityKind.EMAIL]
    return any("@" in address for address in known)


def _wanted(panel: Panel | None) -> Channel | None:
    said = {f.name: f.value for f in panel.story.chosen if not f.scope} if panel else {}
    value = next((said[name] for name in WANTED if name in said), None)
    return Channel(value) if isinstance(value, str) and value in set(Channel) else None
