"""What exists is documented: every command, setting, route, facet action, rule effect and slot field."""

import re
from pathlib import Path

import pytest
from litestar.routes import HTTPRoute

from regulars.choices import Acts, CorrectionKind, built_in
from regulars.choices.definitions import COMPANY_ACTS
from regulars.decide import Effect, Slot, Source
from regulars.kit.conditions import Operator
from regulars.main.cli import COMMANDS, app
from regulars.main.settings import SETTINGS
from regulars.store import Database
from regulars.web.app import create_app
from regulars.web.ingest_words import EVENTS
from regulars.web.settings import WebSettings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def _doc(name: str) -> str:
    return (DOCS / name).read_text()


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_documented(name: str):
    command = app[name]
    inner = [n for n in command if not n.startswith("-")]
    for one in [f"{name} {n}" for n in inner] or [name]:
        assert f"regulars {one}" in _doc("command-line.md")


def test_every_setting_is_documented():
    assert set(SETTINGS) == set(re.findall(r"^\| `(REGULARS_\w+)`", _doc("deployment.md"), re.M))


def _routes() -> list[str]:
    server = create_app(WebSettings(var=Path("var")), Database("postgresql://nobody@localhost/none"))
    return sorted({r.path for r in server.routes if isinstance(r, HTTPRoute) and "GET" in r.methods | {"GET"}})


def test_every_route_is_documented():
    said = _doc("http-api.md") + _doc("pages.md")
    assets = ("/static", "/openapi.json", "/docs/", "/schema")
    own = [p for p in _routes() if p == "/docs/api" or not p.startswith(assets)]
    plain = [re.sub(r":\w+}", "}", p) for p in own]
    shown = [p for p in plain if not (p.startswith(("/me/", "/admin/")) and _only_changes(p))]
    assert [p for p in shown if p.removesuffix("/") not in said] == []


def _only_changes(path: str) -> bool:
    """A form's target, part of the page it stands on."""
    return path.rsplit("/", 1)[-1] in {
        "add", "choose", "clear", "consent", "correct", "guess", "learn", "remove", "uncorrect", "undo",
        "revoke", "delete", "reset",
        "archive", "disable", "enable", "invite", "confirm", "codes", "begin", "end", "presence", "password",
    }  # fmt: skip


def test_every_word_of_choosing_and_deciding_is_documented():
    choices, slots, api = _doc("choices.md"), _doc("slots.md"), _doc("http-api.md")
    assert [n for n in built_in() if f"`{n}`" not in choices] == []
    assert [a for a in COMPANY_ACTS if f"`{a.value}`" not in choices] == []
    assert set(COMPANY_ACTS) <= set(Acts)
    assert [e for e in Effect if f"`{e.value}`" not in slots] == []
    assert [s for s in Source if f"`{s.value}`" not in slots] == []
    assert [o for o in Operator if f"`{o.value}`" not in slots] == []
    assert [f for f in Slot.__slots__ if f not in ("name", "title") and f"`{f}`" not in slots] == []
    assert [k for k in CorrectionKind if f"`{k.value}`" not in api] == []


def test_every_event_that_means_something_is_documented():
    names = [name for name in EVENTS if name != name.casefold()]
    assert [n for n in names if f"`{n}`" not in _doc("events.md")] == []


def test_every_link_between_documents_leads_somewhere():
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in [ROOT / "README.md", *DOCS.rglob("*.md")]
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []
