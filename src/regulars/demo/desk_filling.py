"""Fills the demo's desk: departments, four agents, ready answers, and what guests wrote in the last weeks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

import numpy as np

from regulars import desk, team
from regulars.demo.content import load, load_desk
from regulars.demo.notes import MAIL_DOMAIN
from regulars.demo.population import Person
from regulars.demo.threads import Said, Thread, Writers, threads
from regulars.desk import Author, Channel, PastConversation, PastMessage, Priority, Sender, Status, help
from regulars.desk.answers.keeping import answers, save_answer
from regulars.desk.answers.model import AnswerText, NewAnswer, Scope
from regulars.desk.help import HelpText, NewPage
from regulars.people import Identity, IdentityKind
from regulars.store import Db
from regulars.team import Agent, Company, Department, DepartmentId, Role

THREADS = 600
NAMES = UUID("0198d3a0-0000-7000-8000-0000000000de")
"""What the demo makes always has the same ids."""

AGENTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "ana@example.com": (("es", "en"), ("orders", "delivery", "billing", "kitchen")),
    "bram@example.com": (("nl", "en"), ("orders", "delivery", "shops", "kitchen")),
    "tess@example.com": (("en",), ("orders", "kitchen", "billing", "privacy")),
    "joost@example.com": (("nl", "en", "es"), ("orders", "shops", "privacy", "billing")),
}
"""The four who answer: the languages they speak and the departments they work in."""


def fill_company(db: Db, *, now: datetime) -> None:
    """The name and colour customers see, unless somebody chose them."""
    if not team.company(db).name:
        team.save_company(db, Company("The Reading Table", "#a23b1e", "/"), by="demo", now=now)


def fill_team(db: Db, *, now: datetime) -> Mapping[str, DepartmentId]:
    """Departments, and who works where. Running it again changes nothing that was changed since."""
    ids = {one.id: DepartmentId(uuid5(NAMES, one.id)) for one in load_desk().team.departments}
    there = {one.id for one in team.departments(db, archived=True)}
    for one in load_desk().team.departments:
        if ids[one.id] not in there:
            address = f"{one.id}@{MAIL_DOMAIN}"
            team.save_department(db, Department(ids[one.id], one.name, address, one.languages), now=now)
    if not there:
        for agent in _answering(db):
            languages, works_in = AGENTS[agent.email]
            team.change_profile(db, replace(agent, languages=languages))
            team.set_departments(db, agent.id, [ids[name] for name in works_in])
    return ids


def fill_answers(db: Db, departments: Mapping[str, DepartmentId], *, now: datetime) -> None:
    """The ready answers, when there is none yet."""
    mia = _manager(db)
    if answers(db, by=mia, most=1):
        return
    for one in load_desk().answers:
        texts = {code: AnswerText(one.title[code], one.text[code]) for code in one.text}
        scope = Scope.TEAM if one.department else Scope.GLOBAL
        new = NewAnswer(texts, scope, departments.get(one.department), one.id)
        save_answer(db, new, by=mia, now=now)


def fill_help(db: Db, *, now: datetime) -> None:
    """The help centre's pages, when there is none yet."""
    mia = _manager(db)
    if help.pages(db):
        return
    for position, one in enumerate(load_desk().help_pages):
        texts = {code: HelpText(one.title[code], one.summary[code], one.body[code]) for code in one.body}
        new = NewPage(one.id.removeprefix("help-"), texts, one.category[-1].capitalize(), position)
        page = help.save_draft(db, new, by=mia, now=now, item=one.id)
        help.publish(db, page.id, by=mia, now=now)


def fill_threads(
    db: Db, people: Sequence[Person], departments: Mapping[str, DepartmentId], *, seed: int, now: datetime
) -> int:
    """What guests wrote; returns how many conversations were not there yet."""
    agents = _answering(db)
    rng = np.random.default_rng(seed)
    writers = Writers(people, [agent.languages for agent in agents])
    made_up = threads(load(), load_desk(), writers, count=THREADS, now=now, rng=rng)
    return desk.bring_in(db, [_past(one, agents, departments) for one in made_up], now=now)


def _manager(db: Db) -> Agent:
    return next(agent for agent in team.agents(db) if agent.role.may(Role.MANAGER))


def _answering(db: Db) -> Sequence[Agent]:
    return [agent for agent in team.agents(db) if agent.email in AGENTS]


def _past(thread: Thread, agents: Sequence[Agent], departments: Mapping[str, DepartmentId]) -> PastConversation:
    person, scenario = thread.person, thread.scenario
    return PastConversation(
        key=thread.key,
        channel=Channel(thread.channel),
        sender=Sender(Identity(IdentityKind.USER, person.user_id), f"{person.user_id}@example.com", person.name),
        subject=thread.subject,
        status=Status(thread.status),
        messages=tuple(_message(said, agents) for said in thread.messages),
        priority=Priority[scenario.priority.upper()],
        department=departments[scenario.department],
        assignee=None if thread.assignee is None else agents[thread.assignee].id,
        language=thread.language,
        tags=scenario.tags,
    )


def _message(said: Said, agents: Sequence[Agent]) -> PastMessage:
    agent = None if said.agent is None else agents[said.agent]
    return PastMessage(Author(said.by), said.at, said.text, agent.id if agent else None, agent.name if agent else "")
