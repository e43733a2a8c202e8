"""Pages one looks at: home, menu, product, reading table, article, pictures."""

from datetime import timedelta
from pathlib import Path

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from regulars.demo import menu
from regulars.demo.basket import own_sandwich
from regulars.demo.content import Content
from regulars.demo.pictures import draw
from regulars.demo.render import GivenPages
from regulars.demo.visitor import GivenVisitor
from regulars.kit.clock import utc_now

Several = FromQuery[list[str] | None]
BLOCKS = ("for-you", "because", "popular", "build", "to-read")
STATIC = Path(__file__).parent / "static"
CSS, JS = "text/css; charset=utf-8", "text/javascript; charset=utf-8"
TYPES = {"site.css": CSS, "food.css": CSS, "narrow.css": CSS, "post.css": CSS, "site.js": JS}
KEEP = {"Cache-Control": "public, max-age=604800", "X-Content-Type-Options": "nosniff"}
FORMS = {"bread-baguette": "baguette", "bread-sesame-bagel": "bagel", "bread-tortilla-wrap": "wrap"}


@get("/", sync_to_thread=False)
def home(pages: GivenPages, visitor: GivenVisitor) -> Response[str]:
    """The first page: blocks that the visitor may put in their own order."""
    more = {
        "blocks": BLOCKS,
        "favourites": menu.favourites(pages.content, "product", 4),
        "newest": menu.articles(pages.content, "")[:4],
        "diets": menu.all_diets(pages.content),
    }
    return pages.page("home.html", visitor, "/", more=more)


@get("/menu", sync_to_thread=False)
def show_menu(
    pages: GivenPages,
    visitor: GivenVisitor,
    category: FromQuery[str] = "",
    diet: Several = None,
    without: Several = None,
) -> Response[str]:
    """The menu, by category, filtered by diet and allergens."""
    wanted = menu.known(pages.content, category, diet or [], without or [])
    shelves = menu.dishes(pages.content, wanted)
    more = {
        "wanted": wanted,
        "shelves": shelves,
        "tree": menu.tree(pages.content),
        "diets": menu.all_diets(pages.content),
        "allergens": menu.all_allergens(pages.content),
        "count": sum(map(len, shelves.values())),
    }
    return pages.page("menu.html", visitor, "/menu", more=more)


@get("/item/{id:str}", sync_to_thread=False)
def show_item(pages: GivenPages, visitor: GivenVisitor, id: FromPath[str], added: FromQuery[int] = 0) -> Response[str]:
    """One product."""
    product = pages.content.product(id)
    if product is None:
        return pages.page("gone.html", visitor, "/menu", status=404)
    event = {
        "product_id": product.id,
        "name": product.title["en"],
        "price": float(product.price),
        "currency": product.currency,
        "category": product.category[-1],
    }
    return pages.page("item.html", visitor, f"/item/{id}", more={"item": product, "event": event, "added": added})


@get("/read", sync_to_thread=False)
def show_reading(pages: GivenPages, visitor: GivenVisitor, topic: FromQuery[str] = "") -> Response[str]:
    """The reading table, by topic."""
    known = menu.topics(pages.content)
    topic = topic if topic in known else ""
    more = {"topic": topic, "topics": known, "articles": menu.articles(pages.content, topic)}
    return pages.page("read.html", visitor, "/read", more=more)


@get("/read/{id:str}", sync_to_thread=False)
def show_article(pages: GivenPages, visitor: GivenVisitor, id: FromPath[str]) -> Response[str]:
    """One article."""
    article = pages.content.article(id)
    if article is None:
        return pages.page("gone.html", visitor, "/read", status=404)
    more = {
        "article": article,
        "event": {"article_id": article.id, "topics": list(article.attributes.topics)},
        "published": (utc_now() - timedelta(days=article.published_days_ago)).date(),
    }
    return pages.page("article.html", visitor, f"/read/{id}", more=more)


@get("/pictures/{name:str}", sync_to_thread=False)
def picture(pages: GivenPages, name: FromPath[str], parts: FromQuery[str] = "") -> Response[str]:
    """The drawing of a product or article; `own.svg?parts=a.b` draws a sandwich of one's own."""
    drawn = _own(pages.content, parts) if name == "own.svg" else _drawn(pages.content, name.removesuffix(".svg"))
    if drawn is None:
        return Response("", status_code=404, media_type="text/plain")
    return Response(drawn, media_type="image/svg+xml", headers=KEEP)


@get("/shop/{file:str}", sync_to_thread=False)
def static(file: FromPath[str]) -> Response[bytes]:
    """The site's own style and script."""
    if file not in TYPES:
        return Response(b"", status_code=404, media_type="text/plain")
    return Response((STATIC / file).read_bytes(), media_type=TYPES[file], headers=KEEP)


def _drawn(content: Content, id: str) -> str | None:
    if product := content.product(id):
        hot = product.attributes.temperature == "hot"
        return draw(id, product.picture.shape, product.picture.colours, hot=hot)
    if article := content.article(id):
        return draw(id, article.picture.shape, article.picture.colours, to_read=True)
    return None


def _own(content: Content, parts: str) -> str | None:
    line = own_sandwich(content, parts.split("."))
    if line is None:
        return None
    chosen = [p for p in map(content.product, line.split("+")) if p]
    colours = tuple(p.picture.colours[0] for p in chosen)
    return draw("own", FORMS.get(chosen[0].id, "sandwich"), colours)


handlers = [home, show_menu, show_item, show_reading, show_article, picture, static]
