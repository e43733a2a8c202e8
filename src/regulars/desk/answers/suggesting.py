"""Suggested answers: the slot `desk.answer`. A decision like every other: ranked, with reasons, logged, learning.

Candidates are ready answers the agent may use, published help pages, and what was answered in solved conversations
the agent may see: nothing reaches a suggestion that the agent could not have opened.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

import sqlalchemy as sa

from regulars import people
from regulars.decide import Reason, ReasonKind
from regulars.desk.answers import suggest_store as store
from regulars.desk.answers.model import Kind, Suggested, Suggestions
from regulars.desk.answers.ranking import Candidate, Question, Ranked, rank, similarity
from regulars.desk.answers.words import POLITE, config
from regulars.desk.model import ConversationId
from regulars.desk.store import rows
from regulars.desk.store.shape import as_json
from regulars.desk.words import words as folded
from regulars.kit.i18n import speaker
from regulars.kit.ids import DecisionId, PersonId, new_id
from regulars.store import Db
from regulars.team import Agent

SLOT = "desk.answer"
LONGEST = 5_000
MOST_WORDS = 60
MOST_PAST_WORDS = 8
MOST_EXPECTED = 20_000
"""Messages that may have to be looked at for past answers: commoner words are left out of that search."""

OF_THE_PERSON = 0.25
"""How much a word counts that the customer did not write but chose ("vegan")."""

ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class _Asked:
    """The question, taken apart. `words`: stem → the word itself; `own`: stems of what the person chose."""

    asked: store.Asked
    language: str
    words: Mapping[str, str]
    own: Mapping[str, str]

    @property
    def stems(self) -> list[str]:
        return list(dict.fromkeys([*self.words, *self.own]))


@dataclass(frozen=True, slots=True)
class _Text:
    """What a candidate says."""

    title: str
    text: str = ""
    url: str = ""
    number: int | None = None


def suggest(
    db: Db, conversation: ConversationId, *, by: Agent, now: datetime, most: int = 5, id: DecisionId | None = None
) -> Suggestions:
    """What `by` could answer now, best first; logged, so that use and non-use are learned from (see `answered`).

    id  of the decision; chance comes from it
    Raises NotFound for a conversation `by` does not see.
    """
    decision = id or DecisionId(new_id())
    conversation = rows.sighted(db, conversation, by)
    asked = store.asked(db, conversation)
    if asked is None or not asked.text.strip():
        return Suggestions(decision, (), 0, ENGLISH)
    question = _taken_apart(db, asked)
    if not question.stems:
        return Suggestions(decision, (), 0, question.language)
    votes = _votes(db, question)
    candidates, texts, documents = _candidates(db, conversation, question, votes, by)
    weights = dict.fromkeys(question.own, OF_THE_PERSON) | dict.fromkeys(question.words, 1.0)
    random = Random(decision.int)  # noqa: S311  chance to be repeated, no secret
    ranked = rank(Question(weights, documents), candidates, most=most, random=random)
    items = tuple(_suggested(r, texts[r.candidate.key], question, by.language) for r in ranked)
    who = {"id": decision, "conversation": conversation, "agent": by.id, "at": now, "candidates": len(candidates)}
    store.log(db, who | _logged(question, items))
    return Suggestions(decision, items, len(candidates), question.language)


def _taken_apart(db: Db, asked: store.Asked) -> _Asked:
    language = asked.language.split("-", maxsplit=1)[0].lower() or ENGLISH
    text = folded(f"{asked.subject} {asked.text}"[:LONGEST])
    found = store.stems(db, text, config(language))
    own: dict[str, str] = {}
    if asked.person is not None:
        said = " ".join(_chosen(db, PersonId(asked.person)))
        own = store.stems(db, folded(said), config(language)) if said else {}
    found = {stem: word for stem, word in found.items() if word not in POLITE}
    longest = sorted(found, key=lambda stem: -len(stem))[:MOST_WORDS]
    return _Asked(asked, language, {s: found[s] for s in longest}, {s: w for s, w in own.items() if s not in found})


def _chosen(db: Db, person: PersonId) -> Iterable[str]:
    """What the person said they want, as words."""
    for facet in people.profile_of(db, person, newest=1).facets.values():
        if facet.name in ("language", "mode", "layout", "pause", "hidden_items", "pinned"):
            continue
        stated = facet.stated if isinstance(facet.stated, list | tuple) else [facet.stated]
        yield from (value for value in stated if isinstance(value, str))


def _votes(db: Db, question: _Asked) -> dict[str, float]:
    """What agents used for similar questions → how similar those were, together."""
    stems = list(question.words)
    votes: dict[str, float] = {}
    for used, size, shared in store.neighbours(db, stems, any_of(stems)):
        alike = similarity(stems, shared, size)
        votes[used] = votes.get(used, 0.0) + alike * alike  # a few alike count more than many hardly alike
    return votes


def _candidates(
    db: Db, conversation: ConversationId, question: _Asked, votes: Mapping[str, float], by: Agent
) -> tuple[list[Candidate], dict[str, _Text], int]:
    refs = [key.partition(":")[2] for key in votes]
    query, language = any_of(question.stems), question.language
    found = store.documents(db, by, question.stems, query=query, language=language, refs=refs)
    candidates: list[Candidate] = []
    texts: dict[str, _Text] = {}
    for row in found:
        one = _candidate(Kind(row["kind"]), row["ref"], row, row["words"] or {}, votes)
        url = f"/help/{row['slug']}?lang={language}" if row["slug"] else ""
        candidates.append(one)
        texts[one.key] = _Text(row["title"], row["body"], url)
    for row in _past(db, conversation, question, by):
        one = _candidate(Kind.PAST, str(row["id"]), row, _stems_of(row["words"], question), votes)
        if one.key not in texts:
            candidates.append(one)
            texts[one.key] = _Text(row["subject"], without_name(row["text"], row["customer"]), number=row["number"])
    return candidates, texts, found[0]["documents"] if found else 0


def _candidate(
    kind: Kind, ref: str, row: sa.RowMapping, words: Mapping[str, int], votes: Mapping[str, float]
) -> Candidate:
    voted = votes.get(f"{kind.value}:{ref}", 0.0)
    return Candidate(kind, ref, words, row["size"], voted, row["used"], row["expected"])


def _past(db: Db, conversation: ConversationId, question: _Asked, by: Agent) -> list[sa.RowMapping]:
    words = _telling(db, list(question.words.values()))
    return store.past(db, by, conversation, words, query=any_of(words)) if words else []


def _telling(db: Db, words: Sequence[str]) -> list[str]:
    """The rarest of `words`, so few that a search for any of them stays quick in millions of messages."""
    total, shares = store.commonness(db, words)
    rare = min(shares.values(), default=0.001) / 2
    kept: list[str] = []
    expected = 0.0
    for word in sorted(words, key=lambda w: shares.get(w, rare)):
        expected += shares.get(word, rare) * total
        if expected > MOST_EXPECTED or len(kept) == MOST_PAST_WORDS:
            break
        kept.append(word)
    return kept


def _stems_of(words: Iterable[object], question: _Asked) -> dict[str, int]:
    there = set(words)
    return {stem: 1 for stem, word in question.words.items() if word in there}


def _suggested(ranked: Ranked, text: _Text, question: _Asked, language: str) -> Suggested:
    one = ranked.candidate
    reason = _reason(ranked, question, language)
    return Suggested(
        one.kind, one.ref, text.title, text.text, question.language, reason, round(ranked.score, 4), ranked.propensity,
        text.url, text.number,
    )  # fmt: skip


def _reason(ranked: Ranked, question: _Asked, language: str) -> Reason:
    speak = speaker(language)
    _ = speak.gettext
    said: list[str] = []
    kind = ReasonKind.BECAUSE
    chosen = [question.own[s] for s in ranked.telling if s in question.own]
    words = [question.words[s] for s in ranked.telling if s in question.words]
    if ranked.candidate.votes >= 0.25:
        said.append(_("used for questions like this"))
        kind = ReasonKind.POPULAR
    if words:
        said.append(_("has their words: %(words)s") % {"words": ", ".join(words)})
    if chosen:
        said.append(_("they chose %(value)s") % {"value": ", ".join(chosen)})
        kind = kind if words or ranked.candidate.votes else ReasonKind.CHOSEN
    if ranked.candidate.used:
        n = ranked.candidate.used
        times = speak.ngettext("used %(n)s time when suggested", "used %(n)s times when suggested", n)
        said.append(times % {"n": n})
    if ranked.trying:
        said.append(_("we are trying it here"))
        kind = ReasonKind.TRYING
    sentence = " · ".join(said) or _("close to what they wrote")
    return Reason(kind, sentence[0].upper() + sentence[1:])


def _logged(question: _Asked, items: Sequence[Suggested]) -> dict[str, object]:
    shown = [{"key": i.key, "score": i.score, "propensity": i.propensity, "reason": i.reason.text} for i in items]
    return {
        "message": question.asked.message,
        "language": question.language,
        "stems": list(question.words),
        "shown": as_json(shown),
    }


def any_of(words: Sequence[str]) -> str:
    """A tsquery for any of these words, whatever characters they have."""
    return " | ".join("'" + word.replace("\\", "\\\\").replace("'", "''") + "'" for word in words)


def without_name(text: str, customer: str) -> str:
    """An earlier answer without the line that greets its customer by name: it is for somebody else now."""
    first, _, rest = text.strip().partition("\n")
    names = {name for name in folded(customer).split() if len(name) > 2}
    greets = names & set(folded(first).replace(",", " ").replace("!", " ").replace(":", " ").split())
    return rest.strip() if greets and rest.strip() else text.strip()
