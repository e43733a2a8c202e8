"""Templates of users: what they may, what they are refused, and that hostile ones end at once."""

import time
from datetime import date

import pytest

from regulars.kit.errors import Invalid
from regulars.kit.liquid import LONGEST_TEMPLATE, render, variables

VALUES = {
    "customer": {"name": "Vera Blum", "first_name": "Vera", "email": "", "since": date(2026, 1, 9), "orders": 3},
    "things": ["bread", "soup"],
}
LONG = "a" * 3_000


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("Hello {{ customer.first_name }}", "Hello Vera"),
        ("{{ customer['first_name'] | upcase }}", "VERA"),
        ("{{ customer.email | default: 'no address' }}", "no address"),  # empty counts as missing
        ("{% if customer.email %}a{% else %}b{% endif %}", "b"),
        ("{% if customer.orders > 2 %}regular{% endif %}", "regular"),
        ("{% for t in things %}{{ forloop.index }} {{ t }} {% endfor %}", "1 bread 2 soup "),
        ("{{ things | join: ' and ' }}", "bread and soup"),
        ("{{ customer.since | date: 'long' }}", "January 9, 2026"),
        ("{{ customer.since | date: '%1000000000d' }}", "January 9, 2026"),  # format strings are not followed
        ("100 % { sure }", "100 % { sure }"),
    ],
)
def test_a_template_says_what_it_means(template: str, said: str):
    assert render(template, VALUES) == said


def test_dates_are_written_as_the_reader_writes_them():
    assert render("{{ customer.since | date }}", VALUES, language="nl") == "9 januari 2026"


@pytest.mark.parametrize(
    ("template", "missing"),
    [
        ("{{ customer.email }}", "customer.email"),
        ("{{ customer.middle_name | upcase }}", "customer.middle_name"),
        ("{{ conversation.number }}", "conversation"),
        ("{% for x in nothing %}{{ x }}{% endfor %}", "nothing"),
        ("{{ customer.__class__ }}", "customer.__class__"),
        ("{{ customer.keys }}", "customer.keys"),
    ],
)
def test_a_missing_value_is_refused_and_named(template: str, missing: str):
    with pytest.raises(Invalid) as refused:
        render(template, VALUES)
    assert list(refused.value.fields) == [missing]


ATTACKS = {
    "endless loop": "{% for i in (1..1000000000) %}a{% endfor %}",
    "nested loops": "{% for i in (1..99) %}" * 3 + "x" + "{% endfor %}" * 3,
    "doubling": "{% assign a = 'aaaaaaaaaa' %}" + "{% assign a = a | append: a %}" * 40,
    "replacing": "{% assign a = 'aaaaaaaaaa' %}" + "{% assign a = a | replace: 'a', a %}" * 10,
    "sorting a range": "{{ (1..1000000000) | sort }}",
    "listing a range": "{{ (1..1000000000) | uniq }}",
    "deep nesting": "{% if customer %}" * 300 + "{% endif %}" * 300,
    "unclosed openings": "{" * LONGEST_TEMPLATE,
    "unclosed tags": "{% if a " * 2_000,
    "raw parts": "{% raw %}" * 2_000,
    "comments": "{% comment %}" * 1_500,
    "including a file": "{% include '/etc/passwd' %}",
    "rendering a file": "{% render '/etc/passwd' %}",
    "defining a macro": "{% macro x %}{% endmacro %}",
    "an unknown filter": "{{ 'x' | system }}",
    "a whole group": "{{ customer }}",
    "too long": "a" * (LONGEST_TEMPLATE + 1),
}


@pytest.mark.parametrize("attack", list(ATTACKS))
def test_a_hostile_template_is_refused_at_once(attack: str):
    begun = time.process_time()
    with pytest.raises(Invalid):
        render(ATTACKS[attack], VALUES)
    assert time.process_time() - begun < 2


def test_the_slowest_template_that_is_let_through_ends():
    loop = "{% for i in (1..100) %}{{ customer.long" + " | upcase" * 100 + " }}{% endfor %}"
    begun = time.process_time()
    with pytest.raises(Invalid):
        render(loop, {"customer": {"long": LONG}})
    assert time.process_time() - begun < 2


def test_the_variables_of_a_template_are_known_without_rendering():
    assert set(variables("{{ customer.name | default: agent.name }}{% if x %}{% endif %}")) == {
        "customer.name", "agent.name", "x",
    }  # fmt: skip
