"""What a context says that deciding can use."""

import pytest

from regulars.kit.json import Json
from regulars.web.moments import LONGEST, moment, refuses


@pytest.mark.parametrize(
    ("context", "accept", "found"),
    [
        ({}, "", {}),
        ({"language": "nl", "city": "Utrecht"}, "en", {"language": "nl", "city": "Utrecht"}),
        ({"locale": "nl-BE"}, "en", {"locale": "nl-BE", "language": "nl-BE"}),
        ({}, "es-ES,es;q=0.9", {"language": "es-ES"}),
        ({}, "*", {}),
        ({"location": {"city": "Lyon"}, "device": {"type": "phone"}, "page": {"path": "/a"}}, "",
         {"city": "Lyon", "device": "phone", "page": "/a"}),
        ({"city": "Gent", "location": {"city": "Lyon"}}, "", {"city": "Gent"}),
        ({"weather": "rain", "hour": 7, "member": True, "score": 1.5}, "",
         {"weather": "rain", "hour": 7, "member": True, "score": 1.5}),
        ({"city": "Utr\x00echt", "empty": "", "none": None, "list": [1], "huge": 2**60}, "", {"city": "Utr�echt"}),
        ({"personToken": "secret"}, "", {}),
        ({"location": "here", "device": {"type": {"a": 1}}}, "", {"location": "here"}),
    ],
)  # fmt: skip
def test_plain_values_under_plain_names(context: dict[str, object], accept: str, found: dict[str, Json]):
    assert moment(context, accept) == found


def test_no_context_is_so_big_that_it_hurts():
    kept = moment({f"n{i}": "x" * 10_000 for i in range(1_000)})
    assert len(kept) == 40
    assert all(len(str(value)) == LONGEST for value in kept.values())


@pytest.mark.parametrize(
    ("context", "no"),
    [
        ({}, False),
        ({"gpc": True}, True),
        ({"gpc": "true"}, False),
        ({"consent": {"categoryPreferences": {"personalisation": False}}}, True),
        ({"consent": {"categoryPreferences": {"Personalization": False}}}, True),
        ({"consent": {"categoryPreferences": {"personalisation": True}}}, False),
        ({"consent": {"categoryPreferences": {"email": False}}}, False),
        ({"consent": []}, False),
    ],
)
def test_a_no_in_the_context_is_a_no(context: dict[str, object], no: bool):
    assert refuses(context) is no
