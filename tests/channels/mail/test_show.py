"""A stranger's HTML is shown without anything that runs, fetches or tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.channels.mail import show, show_text
from regulars.channels.mail.show import BLANK


def shown(html, **how):
    return show(html, **{"remote_pictures": False, "picture": lambda name: f"/files/{name}", **how})


ATTACKS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>",
    "<iframe src=//evil></iframe>",
    "<a href='javascript:alert(1)'>x</a>", "<a href=' jAvaScript:alert(1)'>x</a>", "<form action=//evil><input></form>",
    "<meta http-equiv=refresh content='0;url=//evil'>", "<base href=//evil>", "<link rel=stylesheet href=//evil>",
    "<div style='background:url(//evil/x)'>x</div>", "<div style='background-image: url(//evil)'>x</div>",
    "<div style='color: \\65xpression(alert(1))'>x</div>", "<style>@import url(//evil)</style>",
    "<object data=//evil></object>", "<embed src=//evil>", "<video src=//evil></video>", "<table background=//evil>",
    "<math><mtext><img src=x onerror=alert(1)></math>", "<img src='data:text/html,<script>alert(1)</script>'>",
    "<img src='data:image/svg+xml;base64,PHN2Zz4='>", "<a href='data:text/html,x'>x</a>", "<img srcset='//evil 1x'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<div style='position:fixed;top:0'>over</div>",
    "<button formaction=javascript:alert(1)>x</button>", "<body onload=alert(1)>", "<input autofocus onfocus=alert(1)>",
]  # fmt: skip


BAD = (
    "<script", "onerror", "onload", "onfocus", "javascript:", "<iframe", "<form", "<input", "//evil", "<svg", "<object",
    "expression", "position", "srcset", "data:text", "svg+xml", "<meta", "<base", "<link",
)  # fmt: skip


@pytest.mark.parametrize("n", range(len(ATTACKS)))
def test_an_attack_is_gone(n):
    html = shown(ATTACKS[n]).html.lower()
    for bad in BAD:
        assert bad not in html.replace(BLANK.lower(), ""), bad


def test_remote_pictures_are_fetched_only_when_asked_for():
    html = '<img src="https://ads.example/p.gif?who=vera"><img src="//ads.example/q.gif">'
    hidden = shown(html)
    assert hidden.remote == 2 and "ads.example" not in hidden.html and hidden.html.count(BLANK) == 2
    assert "https://ads.example/p.gif?who=vera" in shown(html, remote_pictures=True).html


def test_pictures_of_the_mail_itself_are_shown():
    assert 'src="/files/cat@1"' in shown('<img src="cid:cat@1">').html
    assert BLANK in shown('<img src="cid:gone">', picture=lambda _: None).html


def test_what_a_customer_formatted_stays():
    html = '<p style="color: red; text-align: right">a <b>b</b> <a href="https://x.example/">c</a></p><table><tr><td>d'
    tidy = shown(html).html
    assert "<b>b</b>" in tidy and "color:red" in tidy.replace(" ", "") and "<td>d</td>" in tidy
    assert 'rel="noopener noreferrer nofollow"' in tidy and 'target="_blank"' in tidy


def test_plain_text_is_shown_as_it_is():
    assert (
        show_text("<b>1 & 2</b>\n  3") == '<div style="white-space: pre-wrap">&lt;b&gt;1 &amp; 2&lt;/b&gt;\n  3</div>'
    )


@given(st.text(alphabet="<>\"'=/ aimgscriptonerror:;()&#x0123\\", max_size=200))
def test_no_text_becomes_a_script(text):
    html = shown(text).html.lower()
    assert "<script" not in html
    assert " onerror=" not in html.replace("&lt;", "")
