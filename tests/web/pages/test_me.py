"""The person's own page: whose it is, and what each press changes."""

import pytest

from regulars import people
from regulars.kit.clock import utc_now
from regulars.people import Guess, Identity, IdentityKind, Verb
from regulars.people.model import Evidence, Purpose
from regulars.store import Database
from tests.cast import MALLORY, OMAR, VERA
from tests.web.conftest import Client, Keys, key
from tests.web.pages.conftest import HTML, Page, decided, page_of, query_of

TABS = ["/me", "/me/guesses", "/me/why", "/me/data", "/me/erase"]
FORMS = ["/me/choose", "/me/clear", "/me/add", "/me/remove", "/me/undo", "/me/guess", "/me/correct", "/me/uncorrect",
         "/me/consent", "/me/learn", "/me/erase"]  # fmt: skip


def test_nobody_gets_in_without_a_link_and_vera_does_with_hers(client: Client, vera: Page):
    for path in [*TABS, "/me/export"]:
        for token in ("", "nonsense", vera.token[:-4] + "aaaa"):
            refused = client.get(path, params={"t": token}, headers=HTML)
            assert refused.status_code == 401
            assert VERA not in refused.text
        assert vera.get(path).status_code == 200


def test_a_form_without_a_link_changes_nothing(client: Client, vera: Page):
    for path in FORMS:
        assert client.post(path, data={"facet": "diet", "value": "vegan"}, headers=HTML).status_code == 401
    assert vera.stated("diet") is None


@pytest.mark.parametrize("language", ["en", "es", "nl"])
def test_every_tab_speaks_every_language(vera: Page, language: str):
    vera.did(Verb.VIEWED, "falafel-wrap")
    vera.post("/me/choose", facet="language", value=language)
    for path in TABS:
        assert f'<html lang="{language}">' in vera.get(path).text


def test_pages_are_kept_by_nobody_and_may_stand_in_a_frame(vera: Page):
    answer = vera.get("/me")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers


def test_a_choice_is_a_fact_counts_at_once_and_can_be_undone(client: Client, shop: Keys, vera: Page):
    chosen = vera.post("/me/choose", facet="diet", value="vegan")
    assert vera.stated("diet") == "vegan"
    assert "Diet: Vegan. It counts from now on." in chosen.text
    items = {i["item"] for i in decided(client, shop)["items"]}  # type: ignore[attr-defined]
    assert items <= {"falafel-wrap", "hummus-wrap", "tomato-soup"}
    undone = vera.post("/me/undo", change=vera.undo_of(chosen))
    assert "Everything is as it was" in undone.text
    assert vera.stated("diet") is None
    assert "beef-burger" in {i["item"] for i in decided(client, shop)["items"]}  # type: ignore[attr-defined]


def test_undoing_twice_says_so_and_changes_nothing(vera: Page):
    change = vera.undo_of(vera.post("/me/choose", facet="diet", value="vegan"))
    vera.post("/me/undo", change=change)
    assert query_of(vera.post("/me/undo", change=change), "said") == "same"


def test_nobody_undoes_what_is_another_persons(client: Client, database: Database, vera: Page):
    change = vera.undo_of(vera.post("/me/choose", facet="diet", value="vegan"))
    mallory = page_of(client, database, Identity(IdentityKind.USER, MALLORY))
    assert mallory.post("/me/undo", change=change).status_code == 404
    assert vera.stated("diet") == "vegan"


def test_several_values_and_back_to_automatic(vera: Page):
    vera.post("/me/choose", facet="allergens", value=["milk", "gluten"])
    assert vera.stated("allergens") == ["milk", "gluten"]
    vera.post("/me/clear", facet="allergens")
    assert vera.stated("allergens") is None


def test_a_value_that_is_none_is_refused_with_words(vera: Page):
    answer = vera.post("/me/choose", facet="diet", value="moon dust")
    assert answer.status_code == 422
    assert "should be one of" in answer.text
    assert vera.post("/me/choose", facet="no-such-thing", value="x").status_code == 404


def test_hiding_what_was_searched_for_and_showing_it_again(client: Client, shop: Keys, vera: Page):
    assert "Beef burger" in vera.get("/me", q="burger").text
    vera.post("/me/add", facet="hidden_items", value="beef-burger")
    assert "beef-burger" not in {i["item"] for i in decided(client, shop)["items"]}  # type: ignore[attr-defined]
    vera.post("/me/remove", facet="hidden_items", value="beef-burger")
    assert "beef-burger" in {i["item"] for i in decided(client, shop)["items"]}  # type: ignore[attr-defined]


def test_pausing_and_the_mode_of_one_slot(vera: Page):
    vera.post("/me/choose", facet="pause", value=["no", "yes"])
    assert vera.stated("pause") is True
    vera.post("/me/choose", facet="pause", value="no")
    assert vera.stated("pause") is None
    vera.post("/me/choose", facet="mode", scope="home.for-you", value="i_choose")
    assert vera.stated("mode", "home.for-you") == "i_choose"


def test_blocks_move_up_and_down_without_script(vera: Page):
    blocks = ["home.for-you", "home.because", "home.popular", "home.to-read"]
    vera.post("/me/choose", facet="layout", scope="home", value=blocks, up="home.popular")
    assert vera.stated("layout", "home") == ["home.for-you", "home.popular", "home.because", "home.to-read"]
    vera.post("/me/choose", facet="layout", scope="home", value=blocks, down="home.to-read")
    assert vera.stated("layout", "home") == blocks


@pytest.fixture
def guessed(database: Database, vera: Page) -> Page:
    """Vera, of whom a language is guessed, from what her browser said."""
    now = utc_now()
    with database.begin() as db:
        node = people.find(db, vera.identity)
        people.set_traits(db, node, {"language": "nl"})
        guess = Guess("language", "nl", 0.8, (Evidence("trait", "language", 1.0),))
        people.save_guesses(db, {node: [guess]}, now=now)
    return vera


def test_a_guess_called_right_becomes_a_fact(guessed: Page):
    assert "Language: Nederlands" in guessed.get("/me/guesses").text
    guessed.post("/me/guess", facet="language", say="right")
    assert guessed.stated("language") == "nl"


def test_a_guess_called_wrong_is_never_guessed_again(guessed: Page):
    answer = guessed.post("/me/guess", facet="language", say="wrong", value="nl")
    assert "We will not guess it again" in answer.text
    assert "Language: Nederlands</h2>" not in guessed.get("/me/guesses").text


def test_a_guess_may_be_left_unused_and_used_again(guessed: Page):
    assert "not to use this guess" in guessed.post("/me/guess", facet="language", say="leave").text
    guessed.post("/me/guess", facet="language", say="use")
    assert "not to use this guess" not in guessed.get("/me/guesses").text


def test_an_outcome_is_put_right_with_a_receipt_and_taken_back(client: Client, shop: Keys, vera: Page):
    decision = decided(client, shop)
    corrected = vera.post("/me/correct", decision=decision["decision"], item="beef-burger", kind="not_for_me")
    assert corrected.status_code == 200
    assert 'class="receipt' in corrected.text
    assert vera.stated("hidden_items") == ["beef-burger"]
    receipt = corrected.text.split('name="correction" value="')[1].split('"')[0]
    assert "Everything is as it was" in vera.post("/me/uncorrect", correction=receipt).text
    assert vera.stated("hidden_items") in (None, [])


def test_nobody_corrects_another_persons_decision(client: Client, shop: Keys, database: Database, vera: Page):
    decision = decided(client, shop)
    mallory = page_of(client, database, Identity(IdentityKind.USER, MALLORY))
    assert (
        mallory.post("/me/correct", decision=decision["decision"], item="beef-burger", kind="not_for_me").status_code
        == 404
    )
    assert vera.stated("hidden_items") is None


def test_a_consent_is_one_more_line_in_the_ledger(database: Database, vera: Page):
    vera.post("/me/consent", purpose="personalisation", granted=["no", "yes"])
    vera.post("/me/consent", purpose="personalisation", granted="no")
    with database.begin() as db:
        lines = people.consents(db, people.root(db, people.find(db, vera.identity)))
    assert [(c.purpose, c.granted, c.source) for c in lines] == [
        (Purpose.PERSONALISATION, False, "/me"),
        (Purpose.PERSONALISATION, True, "/me"),
    ]
    assert vera.get("/me/data").text.count("<time") >= 2


def test_one_event_can_be_left_out_of_learning(database: Database, vera: Page):
    vera.did(Verb.VIEWED, "beef-burger")
    with database.begin() as db:
        (event,) = people.profile(db, vera.identity).history.events
    assert "You looked at Beef burger" in vera.get("/me/data").text
    assert "not learned from" in vera.post("/me/learn", event=str(event), learn="no").text
    with database.begin() as db:
        assert len(people.profile(db, vera.identity).history.events) == 0


def test_nobody_makes_us_forget_another_persons_events(client: Client, database: Database, vera: Page):
    vera.did(Verb.VIEWED, "beef-burger")
    with database.begin() as db:
        (event,) = people.profile(db, vera.identity).history.events
    omar = page_of(client, database, Identity(IdentityKind.USER, OMAR))
    omar.post("/me/learn", event=str(event), learn="no")
    with database.begin() as db:
        assert len(people.profile(db, vera.identity).history.events) == 1


def test_export_holds_everything_and_nothing_of_others(client: Client, shop: Keys, database: Database, vera: Page):
    vera.did(Verb.VIEWED, "tomato-soup")
    made = decided(client, shop)
    item = made["items"][0]["item"]  # type: ignore[index]  # JSON
    vera.post("/me/correct", decision=str(made["decision"]), item=item, kind="not_for_me")
    assert "Corrections you made" in vera.get("/me/erase").text
    omar = page_of(client, database, Identity(IdentityKind.USER, OMAR))
    omar.did(Verb.VIEWED, "beef-burger")
    answer = vera.get("/me/export")
    assert "attachment" in answer.headers["content-disposition"]
    held = answer.json()
    assert [i["value"] for i in held["identities"]] == [VERA]
    assert len(held["events"]) == 1
    assert [d["id"] for d in held["decisions"]] == [made["decision"]]
    assert [c["kind"] for c in held["corrections"]] == ["not_for_me"]
    assert held["conversations"] == []
    device = page_of(client, database, Identity(IdentityKind.ANONYMOUS, "device-1"))
    device.did(Verb.VIEWED, "beef-burger")
    assert "conversations" not in device.get("/me/export").json()


def test_erasing_names_what_is_lost_and_leaves_nothing(database: Database, vera: Page):
    vera.did(Verb.VIEWED, "tomato-soup")
    assert "Things you did" in vera.get("/me/erase").text
    assert vera.post("/me/erase").status_code == 422
    erased = vera.post("/me/erase", sure="yes")
    assert "Everything is erased" in erased.text
    with database.begin() as db:
        assert people.profile(db, vera.identity).person is None
    assert vera.get("/me").status_code == 200  # a first-time visitor again


def test_someone_never_seen_has_a_page_too(client: Client, database: Database):
    nobody = page_of(client, database, Identity(IdentityKind.ANONYMOUS, "first-visit"))
    with database.begin() as db:
        people.erase(db, people.root(db, people.find(db, nobody.identity)))
    assert [nobody.get(path).status_code for path in TABS] == [200] * len(TABS)


def test_names_and_titles_cannot_break_out_of_the_page(client: Client, database: Database):
    nasty = '"><script>alert(1)</script>'
    page = page_of(client, database, Identity(IdentityKind.USER, nasty))
    for path in TABS:
        assert "<script>alert" not in page.get(path, q=nasty, said=nasty).text


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/me/data", {"before": "9" * 30}),
        ("/me/data", {"before": "-1"}),
        ("/me", {"q": "\x00"}),
        ("/me", {"done": "\x00", "said": "\x00"}),
    ],
)
def test_odd_addresses_show_the_page_all_the_same(vera: Page, path: str, query: dict[str, str]):
    assert vera.get(path, **query).status_code == 200


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/me/undo", {"change": "x"}),
        ("/me/learn", {"event": "9" * 30}),
        ("/me/correct", {"kind": "not_for_me", "decision": "x", "item": "y"}),
        ("/me/correct", {"kind": "flattery"}),
        ("/me/guess", {"facet": "diet", "say": "maybe"}),
        ("/me/guess", {"facet": "no-such-thing", "say": "leave"}),
        ("/me/guess", {"facet": "diet", "say": "right"}),
        ("/me/consent", {"purpose": "everything", "granted": "yes"}),
        ("/me/add", {"facet": "pause", "value": "x"}),
        ("/me/choose", {}),
        ("/me/choose", {"facet": "mode", "scope": "no-such-slot", "value": "i_choose"}),
        ("/me/choose", {"facet": "layout", "scope": "home", "value": "a" * 3000}),
    ],
)
def test_odd_forms_are_refused_and_change_nothing(database: Database, vera: Page, path: str, form: dict[str, str]):
    answer = vera.post(path, **form)
    assert answer.status_code in (404, 409, 422)
    assert "<h1>" in answer.text
    with database.begin() as db:
        assert people.facets(db, people.root(db, people.find(db, vera.identity))) == []


def test_what_stood_beside_an_item_is_shown_with_its_name(client: Client, shop: Keys, vera: Page):
    body = {"slot": "item.next", "person": {"userId": VERA}, "context": {"item": "falafel-wrap"}}
    assert client.post("/v1/decide", json=body, auth=key(shop.server)).status_code == 200
    shown = vera.get("/me/why").text
    assert "Goes well with Falafel wrap" in shown and "Goes well with …" not in shown
    assert "You are looking at Falafel wrap" in shown


def test_what_would_stand_there_without_a_deed_is_one_press_away(client: Client, shop: Keys, vera: Page):
    vera.did(Verb.BOUGHT, "falafel-wrap")
    made = decided(client, shop)
    shown = vera.get("/me/why").text
    item = made["items"][0]["item"]  # type: ignore[index]  # JSON
    event = str(max(e["id"] for e in vera.get("/me/export").json()["events"]))
    of = str(made["decision"])
    asked = vera.get("/me/why", without=event, of=of, item=item).text
    assert "Without Falafel wrap you would see" in asked and "Without Falafel wrap" not in shown
    for nonsense in ("0", "99999", str(2**70)):
        answer = vera.get("/me/why", without=nonsense, of=of, item=item)
        assert answer.status_code == 200 and "you would see" not in answer.text
