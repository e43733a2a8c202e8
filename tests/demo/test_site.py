"""The shop's pages over HTTP: they work without a script, in three languages, and keep nothing unasked."""

import re
from collections.abc import Iterator
from datetime import timedelta

import jwt
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from regulars.demo.content import load
from regulars.demo.site import DemoConfig, handlers
from regulars.kit.text import LANGUAGES

Browser = TestClient[Litestar]
SECRET = "s" * 40
PAGES = ("/", "/menu", "/item/falafel-wrap", "/read", "/read/why-sourdough-sours", "/build", "/basket", "/signin-demo")


@pytest.fixture
def site() -> Iterator[Browser]:
    app = Litestar(handlers(DemoConfig("wk_test", SECRET)), openapi_config=None)
    with TestClient(app, base_url="http://shop.example") as client:
        yield client


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_there_in_every_language(site: Browser, path: str, language: str):
    page = site.get(path, headers={"Accept-Language": f"{language};q=0.9"})
    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.text
    assert "None" not in page.text


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_a_strict_policy_and_nothing_inline(site: Browser, path: str):
    page = site.get(path)
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)| style=| on\w+=", page.text)


@pytest.mark.parametrize("path", PAGES)
def test_looking_around_sets_no_cookie(site: Browser, path: str):
    assert "set-cookie" not in site.get(path).headers


def test_every_picture_on_a_page_is_drawn(site: Browser):
    for picture in set(re.findall(r'src="(/pictures/[^"]+)"', site.get("/").text + site.get("/read").text)):
        assert site.get(picture.replace("&amp;", "&")).headers["content-type"].startswith("image/svg+xml")


def test_the_menu_keeps_to_diets_and_allergens(site: Browser):
    page = site.get("/menu?diet=vegan&without=nuts&without=gluten").text
    shown = set(re.findall(r'href="/item/([^"]+)"', page))
    fitting = {
        p.id
        for p in load().dishes
        if "vegan" in p.attributes.diet and not {"nuts", "gluten"} & set(p.attributes.allergens)
    }
    assert shown == fitting


def test_a_filter_nobody_knows_is_left_out(site: Browser):
    assert site.get("/menu?category=shoes&diet=air").text.count('href="/item/') == len(load().dishes)


def test_what_is_not_on_the_menu_is_a_page_that_helps(site: Browser):
    page = site.get("/item/beef-wellington")
    assert page.status_code == 404
    assert 'href="/menu"' in page.text


def test_a_basket_is_filled_changed_and_ordered(site: Browser):
    site.post("/basket", data={"item": "falafel-wrap", "by": "1"})
    site.post("/basket", data={"item": "falafel-wrap", "by": "1"})
    assert "€13.00" in site.get("/basket").text
    site.post("/basket", data={"item": "falafel-wrap", "by": "-1"})
    thanks = site.post("/order")
    assert 'data-event="Order Completed"' in thanks.text
    assert "€6.50" in thanks.text
    assert 'action="/order"' not in site.get("/basket").text


def test_an_own_sandwich_needs_a_bread(site: Browser):
    refused = site.post("/build", data={"filling": "filling-falafel"})
    assert 'role="alert"' in refused.text
    site.post("/build", data={"bread": "bread-rye", "filling": ["filling-falafel", "filling-hummus"]})
    assert "Dark rye, Falafel, Hummus" in site.get("/basket").text


def test_a_forged_basket_is_emptied_of_what_does_not_exist(site: Browser):
    site.cookies.set("reading_table_basket", "gold*1.falafel-wrap*999.bread-rye+falafel-wrap*1.x*-3.%00*1")
    page = site.get("/basket").text
    assert page.count('<form class="counter"') == 0 or "gold" not in page


def test_signing_in_gives_the_script_a_token_the_secret_signed(site: Browser):
    page = site.post("/signin-demo", data={"who": "vera"})
    token = re.search(r'data-person-token="([^"]+)"', page.text)
    assert token
    assert jwt.decode(token[1], SECRET, ["HS256"])["sub"] == "vera"
    assert "Good to see you, Vera" in page.text


def test_somebody_new_gets_an_id_of_their_own(site: Browser):
    assert 'data-user-id="guest-noor"' in site.post("/signin-demo", data={"name": "Noor"}).text
    refused = site.post("/signin-demo", data={"name": "<script>"})
    assert 'role="alert"' in refused.text


def test_a_token_of_another_secret_signs_nobody_in(site: Browser):
    forged = jwt.encode({"sub": "vera", "exp": 4102444800}, "x" * 40, "HS256")
    site.cookies.set("reading_table_guest", forged)
    assert "data-person-token" not in site.get("/").text


def test_a_token_that_is_over_signs_nobody_in(site: Browser):
    over = jwt.encode({"sub": "vera", "exp": 1_600_000_000}, SECRET, "HS256")
    site.cookies.set("reading_table_guest", over)
    assert "data-person-token" not in site.get("/").text


def test_a_language_once_chosen_stays(site: Browser):
    page = site.post("/language", data={"language": "nl", "back": "/menu"})
    assert page.url.path == "/menu"
    assert '<html lang="nl">' in site.get("/").text


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", ""])
def test_coming_back_never_leaves_the_site(site: Browser, back: str):
    answer = site.post("/language", data={"language": "nl", "back": back}, follow_redirects=False)
    assert answer.headers["location"] == "/"


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(site: Browser):
    answer = site.post("/signin-demo", data={"who": "omar"}, follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert timedelta(hours=12).total_seconds() == int(re.search(r"max-age=(\d+)", cookie)[1])  # type: ignore[index]
