"""What guests wrote to The Reading Table in the last weeks, and what the team answered: made up, seeded.

Pure: the same content, people, generator and `now` give the same threads. How quickly somebody answers, what is still
open and over which channel people write have the proportions of a small help desk on an ordinary day.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from regulars.demo.content import Content, DeskContent, Line, Scenario
from regulars.demo.population import Person
from regulars.kit.text import pick

CHANNELS: Mapping[str, float] = {"chat": 0.45, "email": 0.42, "form": 0.13}
DAYS = 60
OPEN_DAYS = 4
"""What is older than this is solved or closed, but for a few."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message. `agent`: its place in the team, for an agent's message or note."""

    by: str
    at: datetime
    text: str
    agent: int | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """One conversation as it stands now. `status` in the desk's words."""

    key: str
    person: Person
    channel: str
    language: str
    scenario: Scenario
    subject: str
    status: str
    assignee: int | None
    messages: tuple[Said, ...]


@dataclass(frozen=True)
class Writers:
    """Who may appear in a thread. `agents`: for each place in the team, the languages spoken there."""

    people: Sequence[Person]
    agents: Sequence[Sequence[str]]


def threads(
    content: Content, desk: DeskContent, writers: Writers, *, count: int, now: datetime, rng: np.random.Generator
) -> list[Thread]:
    """`count` threads of people who are known, oldest first, ending before `now`."""
    known = [p for p in writers.people if p.known_from >= 0]
    regular = np.array([p.visits_a_month for p in known])
    who = rng.choice(len(known), count, p=regular / regular.sum())
    ago = np.sort(rng.gamma(1.1, DAYS / 4.5, count).clip(0.002, DAYS))[::-1]
    maker = _Maker(content, desk, writers.agents, now, rng)
    return [maker.thread(n, known[w], timedelta(days=float(d))) for n, (w, d) in enumerate(zip(who, ago, strict=True))]


@dataclass(frozen=True)
class _Maker:
    content: Content
    desk: DeskContent
    agents: Sequence[Sequence[str]]
    now: datetime
    rng: np.random.Generator

    def thread(self, number: int, person: Person, ago: timedelta) -> Thread:
        scenario = self.desk.scenarios[int(self.rng.integers(len(self.desk.scenarios)))]
        channel = str(self.rng.choice(list(CHANNELS), p=list(CHANNELS.values())))
        words = self._words(person)
        agent = self._agent(person.language)
        lines = scenario.messages[person.language]
        written = [(line, self._text(line, person, channel, words)) for line in self._heard(lines, ago)]
        said = tuple(self._said(written, channel, agent, ago))
        status = self._status(said, ago, whole=len(said) == len(lines))
        answered = any(one.agent is not None for one in said)
        return Thread(
            f"demo-{number}", person, channel, person.language, scenario,
            pick(scenario.subject, person.language).format(**words), status,
            agent if answered or self.rng.random() < 0.35 else None, said,
        )  # fmt: skip

    def _heard(self, lines: Sequence[Line], ago: timedelta) -> Sequence[Line]:
        """How far a thread has come: old ones to the end, those of the last days often not."""
        if ago > timedelta(days=OPEN_DAYS) and self.rng.random() < 0.96:
            return lines
        return lines[: int(self.rng.integers(1, len(lines) + 1))]

    def _text(self, line: Line, person: Person, channel: str, words: Mapping[str, str]) -> str:
        """A chat is short; a mail has a greeting and, from a guest, a name below it."""
        text = line.text.format(**words)
        if channel == "chat" or line.by == "note":
            return text
        theirs = line.by == "customer"
        hello = self._phrase("hello" if theirs else "answer_hello", person)
        return "\n\n".join(part for part in (hello, text, self._phrase("bye", person) if theirs else "") if part)

    def _said(self, written: Sequence[tuple[Line, str]], channel: str, agent: int, ago: timedelta) -> Iterator[Said]:
        at = self.now - ago
        longest = min(ago * 0.9, timedelta(days=3)) / len(written)
        for line, text in written:
            yield Said(line.by, at, text, None if line.by == "customer" else agent)
            wait = timedelta(minutes=float(self.rng.gamma(1.5, 2 if channel == "chat" else 70)))
            at += min(max(wait, timedelta(seconds=20)), longest)

    def _phrase(self, kind: str, person: Person) -> str:
        among = self.desk.team.phrases[kind][person.language]
        return among[int(self.rng.integers(len(among)))].format(name=person.name)

    def _status(self, said: Sequence[Said], ago: timedelta, *, whole: bool) -> str:
        if not any(one.by == "agent" for one in said):
            return "new" if len(said) == 1 else "open"
        if said[-1].by == "customer" and (not whole or (ago < timedelta(days=OPEN_DAYS) and self.rng.random() < 0.5)):
            return "open"
        if ago < timedelta(days=OPEN_DAYS):
            return str(self.rng.choice(["pending", "solved", "on_hold"], p=[0.55, 0.38, 0.07]))
        return "closed" if ago > timedelta(days=14) else "solved"

    def _agent(self, language: str) -> int:
        """Who answers: most often somebody who speaks the language."""
        speaks = np.array([4.0 if language in spoken else 0.4 for spoken in self.agents])
        return int(self.rng.choice(len(speaks), p=speaks / speaks.sum()))

    def _words(self, person: Person) -> Mapping[str, str]:
        product = self.content.dishes[int(self.rng.integers(len(self.content.dishes)))]
        return {
            "order": f"T-{int(self.rng.integers(10_000, 99_999))}",
            "product": pick(product.title, person.language),
            "city": person.city.name,
            "time": f"{int(self.rng.integers(8, 18))}:{int(self.rng.choice([0, 10, 15, 20, 30, 45])):02}",
            "amount": f"{float(self.rng.uniform(8, 140)):.2f}",
        }
