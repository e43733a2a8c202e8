"""What journeys share: one running demo and one browser a run."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.journeys.shop import Shop, open_browser, open_shop

expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong


@pytest.fixture(scope="session")
def shop(make_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The demo, filled, learned and served."""
    with open_shop(make_database("shop"), Path(tmp_path_factory.mktemp("shop"))) as open_:
        yield open_


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with open_browser() as chromium:
        yield chromium


@pytest.fixture
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """Somebody who was never here, with an English browser."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    yield context
    for page in context.pages:
        print(page.url, *getattr(page, "faults", []), sep="\n  ")  # pytest shows it where a test failed
    context.close()
