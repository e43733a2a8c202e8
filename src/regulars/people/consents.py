"""Consents: a ledger of what was allowed or refused, on which words, when. Lines are only ever added."""

from regulars.kit.errors import NotFound
from regulars.kit.ids import PersonId
from regulars.kit.text import clean
from regulars.people.model import Consent, Purpose
from regulars.people.store import consents as ledger
from regulars.people.store import nodes as people
from regulars.store import Db


def consent(db: Db, node: PersonId, said: Consent) -> None:
    """Add a line to the ledger of `node`. Raises NotFound."""
    if people.root(db, node) is None:
        raise NotFound("there is no such person")
    wording, language, source = clean(said.wording), clean(said.language), clean(said.source)
    ledger.insert(db, node, Consent(said.purpose, said.granted, wording, language, source, said.at))


def consents(db: Db, root: PersonId) -> list[Consent]:
    """The ledger of a person, newest first; the first line of each purpose is what counts.

    A line of source "merge" is a refusal carried over when two persons became one: the strictest word holds.
    """
    return ledger.history(db, people.of_root(db, root))


def allowed(db: Db, root: PersonId) -> dict[Purpose, bool]:
    """What counts now, per purpose; absent = never asked."""
    return {purpose: said[0] for purpose, said in ledger.latest(db, people.of_root(db, root)).items()}
