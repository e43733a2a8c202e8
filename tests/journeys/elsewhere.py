"""A company's own site on another origin, with the strictest policy, that embeds the script."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.journeys.shop import Shop

PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>Elsewhere</title>
<script src="{url}/regulars.js" data-write-key="{key}" data-consent="{consent}" data-chat async></script></head>
<body><h1>Our own site</h1>
<regulars-slot name="home.for-you" size="4" heading="For you" mode><p>Ask us what is good today.</p></regulars-slot>
<regulars-slot name="home.because" size="3" heading="auto"></regulars-slot>
</body></html>"""


@dataclass(frozen=True)
class Site:
    """The site. `page` is its address for a consent ("required" or "granted") and language."""

    url: str

    def page(self, consent: str = "required", language: str = "en") -> str:
        """The address of the page."""
        return f"{self.url}/?{consent}&{language}"


@contextlib.contextmanager
def open_site(shop: Shop) -> Iterator[Site]:
    """Serve the site on a port of its own."""
    policy = (
        f"default-src 'none'; script-src {shop.url}; style-src 'self'; img-src 'self'; "
        f"connect-src {shop.url} {shop.url.replace('http', 'ws', 1)}; "
        f"frame-src {shop.url}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            consent, _, language = self.path.partition("?")[2].partition("&")
            body = PAGE.format(url=shop.url, key=shop.write_key, consent=consent, language=language or "en").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Site(f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()
