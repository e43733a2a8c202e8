"""What one does at the site: build, put in the basket, order, sign in and out, change language."""

from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict, State
from litestar.params import FromQuery
from litestar.response import Redirect

from regulars.demo import menu
from regulars.demo.basket import STEPS, Basket, own_sandwich
from regulars.demo.render import GivenPages, Pages, back_to, own_cookie
from regulars.demo.visitor import BASKET, CAST, LANGUAGE, LASTS, SIGNED_IN, GivenVisitor, Visitor, sign_in
from regulars.kit.clock import utc_now
from regulars.kit.ids import new_id
from regulars.kit.text import LANGUAGES

AnyRequest = Request[object, object, State]
BASKET_LASTS_SECONDS = 86_400
YEAR_SECONDS = 365 * 86_400


@get("/build", sync_to_thread=False)
def show_builder(pages: GivenPages, visitor: GivenVisitor, fault: FromQuery[str] = "") -> Response[str]:
    """The builder: bread, filling, greens, sauce, extras."""
    more = {
        "steps": {step: pages.content.parts(step) for step in STEPS},
        "most": STEPS,
        "diets": menu.all_diets(pages.content),
        "allergens": menu.all_allergens(pages.content),
        "fault": fault == "bread",
    }
    return pages.page("build.html", visitor, "/build", more=more)


@post("/build", status_code=303)
async def build(request: AnyRequest, pages: GivenPages, visitor: GivenVisitor) -> Redirect:
    """Put a sandwich of one's own in the basket."""
    form = await request.form()
    chosen = [str(value) for step in STEPS for value in form.getall(step, [])]
    line = own_sandwich(pages.content, chosen)
    if line is None:
        return back_to("/build?fault=bread")
    return _with_basket(pages, visitor.basket.change(pages.content, line, 1), "/basket")


@get("/basket", sync_to_thread=False)
def show_basket(pages: GivenPages, visitor: GivenVisitor) -> Response[str]:
    """What is in the basket."""
    return pages.page("basket.html", visitor, "/basket")


@post("/basket", status_code=303)
async def change_basket(request: AnyRequest, pages: GivenPages, visitor: GivenVisitor) -> Redirect:
    """So many more or less of one thing."""
    form = await request.form()
    by = _text(form, "by")
    count = int(by) if by in {"-9", "-1", "1"} else 0
    basket = visitor.basket.change(pages.content, _text(form, "item"), count)
    return _with_basket(pages, basket, _text(form, "back") or "/basket")


@post("/order", status_code=303)
async def order(pages: GivenPages, visitor: GivenVisitor) -> Redirect | Response[str]:
    """Order what is in the basket; the page that says thanks sends the event."""
    basket = visitor.basket
    if not basket.lines:
        return back_to("/basket")
    number = f"T{new_id().hex[-8:].upper()}"
    products = [
        {"product_id": part.id, "price": float(part.price), "quantity": line.count, "category": part.category[-1]}
        for line in basket.lines
        for part in line.parts
    ]
    event = {"order_id": number, "total": float(basket.total), "currency": "EUR", "products": products}
    emptied = Visitor(visitor.language, visitor.user_id, visitor.token, Basket())
    answer = pages.page("thanks.html", emptied, "/", more={"order": number, "total": basket.total, "event": event})
    answer.set_cookie(own_cookie(pages.config, BASKET, "", lasts_seconds=None))
    return answer


@get("/signin-demo", sync_to_thread=False)
def show_sign_in(pages: GivenPages, visitor: GivenVisitor, fault: FromQuery[str] = "") -> Response[str]:
    """Who one may be here."""
    return pages.page("sign_in.html", visitor, "/", more={"cast": CAST, "fault": fault == "name"})


@post("/signin-demo", status_code=303)
async def enter(request: AnyRequest, pages: GivenPages) -> Redirect:
    """Sign in as one of the cast, or as somebody new."""
    form = await request.form()
    who = _text(form, "who") or _text(form, "name").strip()
    token = sign_in(pages.config, who, now=utc_now())
    if token is None:
        return back_to("/signin-demo?fault=name")
    cookie = own_cookie(pages.config, SIGNED_IN, token, lasts_seconds=int(LASTS.total_seconds()))
    return back_to("/", [cookie])


@post("/signout-demo", status_code=303, sync_to_thread=False)
def leave(pages: GivenPages) -> Redirect:
    """Sign out."""
    return back_to("/", [own_cookie(pages.config, SIGNED_IN, "", lasts_seconds=None)])


@post("/language", status_code=303)
async def speak(request: AnyRequest, pages: GivenPages) -> Redirect:
    """Change the site's language."""
    form = await request.form()
    code = _text(form, "language")
    back = _text(form, "back") or "/"
    if code not in LANGUAGES:
        return back_to(back)
    return back_to(back, [own_cookie(pages.config, LANGUAGE, code, lasts_seconds=YEAR_SECONDS)])


def _text(form: FormMultiDict, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _with_basket(pages: Pages, basket: Basket, back: str) -> Redirect:
    return back_to(back, [own_cookie(pages.config, BASKET, basket.cookie(), lasts_seconds=BASKET_LASTS_SECONDS)])


handlers = [show_builder, build, show_basket, change_basket, order, show_sign_in, enter, leave, speak]
