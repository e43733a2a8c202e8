"""Which answers to suggest, pure: what the words say, what colleagues used for similar texts, what helps when shown.

text      Okapi BM25 (Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75) over the candidates' stemmed words
votes     what agents used for similar questions: the sum of the questions' similarities
worth     uses over expected uses (Zhang and Jones 2007, "COEC"): how often it was used where it was shown, over how
          often an average answer is used in the same places, smoothed towards 1; so the place does not count for it
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log, sqrt
from random import Random

from regulars.desk.answers.model import Kind

K1, B = 1.2, 0.75
HALF = 3.0
"""The BM25 score that counts half."""

PRIOR = 2.0
"""As many expected uses as an answer must have before its own record weighs as much as the average."""

LEAST_WORTH, MOST_WORTH = 0.25, 4.0
PLACES = (0.30, 0.15, 0.10, 0.07, 0.05)
"""How often an answer is used by its place, before anything was learned."""

PLACE_PRIOR = 20.0
FACTOR = {Kind.READY: 1.0, Kind.HELP: 0.9, Kind.PAST: 0.7}
"""What was written to be used again comes before what was written once."""

EXPLORE = 0.15
"""The share of lists whose last place goes to an answer that would not have been shown."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One answer that could be suggested. `words`: stem → how often, of the question's stems only."""

    kind: Kind
    ref: str
    words: Mapping[str, int]
    length: int
    votes: float = 0.0
    used: int = 0
    expected: float = 0.0

    @property
    def key(self) -> str:
        """As it is written down."""
        return f"{self.kind.value}:{self.ref}"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: stem → weight (1 for the customer's words, less for what we know of the person)."""

    weights: Mapping[str, float]
    documents: int
    found_in: Mapping[str, int] = field(default_factory=dict)

    def rarity(self, stem: str) -> float:
        """How much a word tells: log of its inverse document frequency, never below 0."""
        n = self.found_in.get(stem, 0)
        return log(1 + (self.documents - n + 0.5) / (n + 0.5))


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its score and place. `telling`: the stems that counted most, the most telling first."""

    candidate: Candidate
    score: float
    telling: tuple[str, ...]
    propensity: float = 1.0
    trying: bool = False


def rank(question: Question, candidates: Sequence[Candidate], *, most: int, random: Random) -> list[Ranked]:
    """The best `most` candidates, the best first; now and then the last place is given to another one to learn."""
    found = _counted(question, candidates)
    mean = sum(c.length for c in candidates) / len(candidates) if candidates else 1.0
    scored = sorted((_scored(found, c, mean) for c in candidates), key=lambda r: (-r.score, r.candidate.key))
    scored = [r for r in scored if r.score > 0]
    return _explored(scored[:most], scored[most : 3 * most], random)


def similarity(mine: Sequence[str], shared: int, theirs: int) -> float:
    """Cosine of two sets of words, of which `shared` are the same."""
    return shared / sqrt(len(mine) * theirs) if mine and theirs else 0.0


def expected_use(place: int, shown: int, used: int) -> float:
    """How often an answer at `place` (0 = first) is used, smoothed towards what we began with."""
    before = PLACES[min(place, len(PLACES) - 1)]
    return (used + PLACE_PRIOR * before) / (shown + PLACE_PRIOR)


def worth(used: int, expected: float) -> float:
    """How much more than others it is used where it is shown: 1 for an average one and for a new one."""
    return min(MOST_WORTH, max(LEAST_WORTH, (used + PRIOR) / (expected + PRIOR)))


def _counted(question: Question, candidates: Sequence[Candidate]) -> Question:
    found: dict[str, int] = {}
    for candidate in candidates:
        for stem in candidate.words:
            found[stem] = found.get(stem, 0) + 1
    return Question(question.weights, max(question.documents, len(candidates)), found)


def _scored(question: Question, candidate: Candidate, mean: float) -> Ranked:
    long = K1 * (1 - B + B * candidate.length / mean)
    parts = {
        stem: question.weights.get(stem, 0.0) * question.rarity(stem) * n * (K1 + 1) / (n + long)
        for stem, n in candidate.words.items()
    }
    text = sum(parts.values())
    score = text / (text + HALF) + candidate.votes / (candidate.votes + 1)
    score *= worth(candidate.used, candidate.expected) * FACTOR[candidate.kind]
    telling = sorted((s for s in parts if parts[s] > 0), key=lambda s: -parts[s])
    return Ranked(candidate, score, tuple(telling[:3]))


def _explored(shown: list[Ranked], rest: Sequence[Ranked], random: Random) -> list[Ranked]:
    if not rest or not shown:
        return shown
    *first, last = shown
    if random.random() >= EXPLORE:
        return [*first, _with(last, 1 - EXPLORE, trying=False)]
    return [*first, _with(random.choice(rest), EXPLORE / len(rest), trying=True)]


def _with(ranked: Ranked, propensity: float, *, trying: bool) -> Ranked:
    return Ranked(ranked.candidate, ranked.score, ranked.telling, propensity, trying)
