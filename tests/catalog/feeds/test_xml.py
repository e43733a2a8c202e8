"""Google product feeds, RSS and Atom."""

from decimal import Decimal
from pathlib import Path

import pytest

from regulars.catalog import NewItem, Rejected
from regulars.catalog.feeds import Feed, Format, opened, read_items
from regulars.kit.errors import Invalid
from tests.cast import NOW, utc

GOOGLE = """<?xml version="1.0"?>
<rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel><title>Shop</title>
<item><g:id>TV_123456</g:id><g:title>Google &amp; Sons TV</g:title>
 <g:description>&lt;p&gt;Attractively   framed&lt;/p&gt;</g:description>
 <g:link>https://shop.example/tv</g:link><g:image_link>https://shop.example/tv.jpg</g:image_link>
 <g:price>159.00 USD</g:price><g:sale_price>99.00 USD</g:sale_price><g:availability>out_of_stock</g:availability>
 <g:brand>Google</g:brand><g:color>black</g:color><g:product_type>Electronics &gt; TVs</g:product_type>
 <g:shipping><g:country>US</g:country><g:price>14.95 USD</g:price></g:shipping></item>
<item><g:id>TV_2</g:id><title>Plain</title><link>https://shop.example/2</link>
 <g:price>10 USD</g:price><g:sale_price>5 USD</g:sale_price>
 <g:sale_price_effective_date>2026-11-01T00:00Z/2026-11-30T00:00Z</g:sale_price_effective_date></item>
<item>
 <g:id>TV_3</g:id><g:title>Broken</g:title><g:price>cheap</g:price></item>
<item><g:title>No id and no link</g:title></item>
</channel></rss>"""

RSS = """<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>The Reading Table</title><language>nl-nl</language>
<item><title>Brood &amp;amp; bier</title><link>https://news.example/1</link><guid isPermaLink="false">n-1</guid>
 <description><![CDATA[<p>Hoe het <b>begon</b><script>alert(1)</script></p>]]></description>
 <category>Brood</category><category>Bier</category><dc:creator>Bram</dc:creator>
 <pubDate>Fri, 09 Jan 2026 16:00:00 GMT</pubDate>
 <enclosure url="https://news.example/1.jpg" type="image/jpeg" length="1"/></item>
<item><title>No address at all</title></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="es"><title>Lecturas</title>
<author><name>The house</name></author>
<entry><title type="html">Pan &amp;lt;b&amp;gt;nuevo</title><id>urn:1</id><link rel="self" href="https://a.example/self"/>
 <link href="https://a.example/1"/><published>2026-01-09T16:00:00Z</published>
 <author><name>Ana</name><email>ana@example.com</email></author><category term="pan"/>
 <summary>Corto</summary></entry></feed>"""


def read(tmp_path: Path, xml: str | bytes, **more: object) -> list[NewItem | Rejected]:
    path = tmp_path / "feed.xml"
    path.write_bytes(xml if isinstance(xml, bytes) else xml.encode())
    with opened(path) as file:
        return list(read_items(file, Feed(Format.XML, now=NOW, **more)))  # type: ignore[arg-type]  # as given


def test_a_google_feed_gives_products(tmp_path: Path):
    tv, plain, broken, nameless = read(tmp_path, GOOGLE)
    assert tv == NewItem(
        "TV_123456", title={"en": "Google & Sons TV"}, summary={"en": "Attractively framed"},
        url={"en": "https://shop.example/tv"}, image="https://shop.example/tv.jpg", price=Decimal("99.00"),
        currency="USD", available=False, category=("Electronics", "TVs"),
        attributes={"brand": "Google", "color": "black"},
    )  # fmt: skip
    assert isinstance(plain, NewItem)
    assert (plain.title, plain.url, plain.price) == ({"en": "Plain"}, {"en": "https://shop.example/2"}, Decimal(5))
    assert isinstance(broken, Rejected)
    assert (broken.line, broken.reason) == (12, "price is not a number")
    assert "cheap" in broken.raw
    assert isinstance(nameless, Rejected)


def test_rss_gives_articles_in_the_channels_language(tmp_path: Path):
    article, lost = read(tmp_path, RSS)
    assert article == NewItem(
        "n-1", kind="article", title={"nl-nl": "Brood & bier"}, summary={"nl-nl": "Hoe het begon"},
        url={"nl-nl": "https://news.example/1"}, image="https://news.example/1.jpg", published_at=utc(2026, 1, 9, 16),
        attributes={"languages": ["nl-nl"], "topics": ["Brood", "Bier"], "author": "Bram"},
    )  # fmt: skip
    assert isinstance(lost, Rejected)
    assert lost.reason == "external_id is missing"


def test_atom_gives_articles(tmp_path: Path):
    [article] = read(tmp_path, ATOM, kind="story")
    assert isinstance(article, NewItem)
    assert (article.external_id, article.kind, article.url) == ("urn:1", "story", {"es": "https://a.example/1"})
    assert article.attributes == {"languages": ["es"], "topics": ["pan"], "author": "Ana"}
    assert article.published_at == utc(2026, 1, 9, 16)


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        ('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><item><title>&b;</title></item></rss>', "entities"),
        ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><item><guid>&a;</guid></item></rss>', "entities"),
        ("<rss><channel></channel></rss>", "no item"),
        ("just words", "breaks off at line 1"),
        ("<html><body>not a feed</body></html>", "no item"),
    ],
)
def test_what_is_no_feed_is_refused(tmp_path: Path, xml: str, words: str):
    with pytest.raises(Invalid, match=words):
        read(tmp_path, xml)


def test_what_came_before_a_break_is_read(tmp_path: Path):
    path = tmp_path / "feed.xml"
    path.write_text(RSS[: RSS.index("No address")])
    found: list[NewItem | Rejected] = []
    with opened(path) as file, pytest.raises(Invalid, match="line 8"):
        found.extend(read_items(file, Feed(Format.XML)))
    with opened(path) as file:
        first = next(iter(read_items(file, Feed(Format.XML))))
    assert isinstance(first, NewItem)


def test_a_long_feed_is_streamed(tmp_path: Path):
    entries = "".join(f"<item><guid>g{i}</guid><title>{'word ' * 50}</title></item>\n" for i in range(3_000))
    found = read(tmp_path, f"<rss><channel>{entries}</channel></rss>")
    assert [f.external_id for f in found if isinstance(f, NewItem)] == [f"g{i}" for i in range(3_000)]


def test_an_entry_of_a_megabyte_is_rejected_by_itself(tmp_path: Path):
    huge = f"<item><guid>big</guid><description>{'x' * 1_100_000}</description></item>"
    found = read(tmp_path, f"<rss><channel>{huge}<item><guid>small</guid></item></channel></rss>")
    assert isinstance(found[0], Rejected)
    assert isinstance(found[1], NewItem)
