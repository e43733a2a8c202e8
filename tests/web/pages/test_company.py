"""The company's name and colour: set by those who may, seen by customers, always readable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars import team
from regulars.kit.colour import READABLE, contrast
from regulars.store import Database
from regulars.web.pages.brand import DARK, LIGHT, tokens
from tests.cast import ANA, MIA
from tests.web.conftest import Client
from tests.web.pages.conftest import HTML, Page, signed_in

BRAND = {"name": "The Reading Table", "colour": "#A23B1E", "site": "https://reading-table.example"}


def test_customers_see_the_companys_name_colour_and_way_back(client: Client, vera: Page, agents: None):
    mia = signed_in(client, MIA.email)
    mia.get("/admin/company")
    assert "#a23b1e" in mia.post("/admin/company", **BRAND).text
    seen = vera.get("/me").text
    assert "The Reading Table" in seen
    assert 'href="https://reading-table.example"' in seen
    assert "--brand:light-dark(#a23b1e" in client.get("/brand.css").text


def test_without_a_colour_the_page_is_ours(client: Client, vera: Page):
    assert client.get("/brand.css").text == ""
    assert "Your page" in vera.get("/me").text


@pytest.mark.parametrize(
    ("field", "value"),
    [("colour", "red;}"), ("site", "javascript:alert(1)"), ("site", "//evil.example"), ("site", 'https://x"><script>')],
)
def test_what_is_no_colour_or_address_is_refused_and_nothing_changes(
    client: Client, database: Database, agents: None, field: str, value: str
):
    mia = signed_in(client, MIA.email)
    mia.get("/admin/company")
    answer = mia.post("/admin/company", **(BRAND | {field: value}))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    with database.begin() as db:
        assert team.company(db) == team.Company()


def test_a_viewer_and_somebody_unknown_change_nothing(client: Client, database: Database, agents: None):
    assert client.post("/admin/company", data=BRAND, headers=HTML, follow_redirects=False).status_code in (303, 401)
    ana = signed_in(client, ANA.email)
    ana.get("/admin/company")
    assert ana.post("/admin/company", **BRAND).status_code == 403
    with database.begin() as db:
        assert team.company(db) == team.Company()


@given(st.integers(0, 0xFFFFFF))
def test_any_brand_can_be_read_in_light_and_dark(colour: int):
    said = tokens(f"#{colour:06x}")
    shades = said.split("--brand:light-dark(")[1].split(")")[0].split(",")
    for shade, grounds in zip(shades, (LIGHT, DARK), strict=True):
        assert min(contrast(shade, ground) for ground in grounds) >= READABLE
