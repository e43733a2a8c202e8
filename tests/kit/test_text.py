"""Text is folded for searching, cleaned for the database, and picked by language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.kit.text import clean, fold, pick


def test_folding_takes_case_and_accents_away():
    assert fold("Crème BRÛLÉE") == "creme brulee"


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [("tea", "tea"), ("a\x00b", "a\ufffdb"), ("\ud800x", "\ufffdx"), ("caña\n", "caña\n"), ("🥪", "🥪")],
)
def test_what_a_database_cannot_hold_is_replaced(dirty: str, cleaned: str):
    assert clean(dirty) == cleaned


@given(st.text(st.characters(exclude_categories=[])))
def test_clean_text_can_be_encoded_and_stays_clean(text: str):
    cleaned = clean(text)
    assert "\x00" not in cleaned.encode().decode()
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(("language", "said"), [("nl", "kaas"), ("nl-BE", "kaas"), ("es", "cheese"), ("en", "cheese")])
def test_text_is_picked_by_language_then_english(language: str, said: str):
    assert pick({"en": "cheese", "nl": "kaas"}, language) == said
