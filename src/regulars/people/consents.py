"""Consents: a ledger of what was allowed or refused, on which words, when. Lines are only ever added."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from regulars.kit.errors import NotFound
from regulars.kit.ids import PersonId
from regulars.kit.text import clean
from regulars.people.model import Consent, Purpose
from regulars.people.store import consents as ledger
from regulars.people.store import merges
from regulars.people.store import nodes as people
from regulars.people.together import Together, Word, effective
from regulars.store import Db


def consent(db: Db, node: PersonId, said: Consent) -> None:
    """Add a line to the ledger of `node`. Raises NotFound."""
    if people.root(db, node) is None:
        raise NotFound("there is no such person")
    consent_all(db, [(node, said)])


def consent_all(db: Db, said: Sequence[tuple[PersonId, Consent]]) -> None:
    """Add many lines at once; the nodes come from `resolve` in the same transaction."""
    ledger.insert(db, [(node, _clean(c)) for node, c in said])


def _clean(c: Consent) -> Consent:
    return replace(c, wording=clean(c.wording), language=clean(c.language), source=clean(c.source))


def consents(db: Db, root: PersonId) -> list[Consent]:
    """The ledger of a person, newest first; the first line of each purpose is what counts.

    Where two persons became one and only one had refused, the strictest word holds: a first line of source "merge"
    repeats that refusal. It is no line of its own in the ledger and goes when the two are parted.
    """
    nodes = people.of_root(db, root)
    lines = ledger.history(db, nodes)
    held: dict[Purpose, Consent] = {}
    for purpose, word in _effective(db, nodes).items():
        newest = next(line for _, line in lines if line.purpose is purpose)
        if newest.granted and not word.granted:
            said = next(line for node, line in lines if node == word.node and line.purpose is purpose)
            held[purpose] = replace(said, source="merge", at=newest.at)
    return [*held.values(), *(line for _, line in lines)]


def allowed(db: Db, root: PersonId) -> dict[Purpose, bool]:
    """What counts now, per purpose; absent = never asked."""
    return {purpose: word.granted for purpose, word in _effective(db, people.of_root(db, root)).items()}


def refusers(db: Db, purpose: Purpose) -> list[int]:
    """The roots of everybody who refuses `purpose`."""
    words, ties = ledger.doubtful(db, purpose)
    together = Together(ties)
    return [root for root, said in words.items() if not effective(said, together)[purpose].granted]


def _effective(db: Db, nodes: Sequence[PersonId]) -> Mapping[Purpose, Word]:
    return effective(ledger.words(db, nodes), Together(merges.ties(db, nodes)))
