"""What a browser says it is, in words a person recognises."""

BROWSERS = (
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("Vivaldi/", "Vivaldi"), ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def device(user_agent: str) -> str:
    """ "Firefox · Linux"; what it said itself when neither is known."""
    said = user_agent[:300]
    found = [name for marks in (BROWSERS, SYSTEMS) for name in _first(said, marks)]
    return " · ".join(found) or said[:60]


def _first(said: str, marks: tuple[tuple[str, str], ...]) -> list[str]:
    return next(([name] for mark, name in marks if mark in said), [])
