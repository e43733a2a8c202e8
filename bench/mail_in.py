"""Mail in: kept raw, read, threaded, stored in conversations; against the standard library's bare parse of the same.

    python bench/mail_in.py [--mails 2000] [--rounds 3]

Both see the same mails in the same run, in turns. The mails are of the kinds a help desk gets: short plain answers
with a quote, text with HTML of a newsletter's size, some with a picture or a document, in three languages.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

import numpy as np

from regulars.channels.mail import store as mails
from regulars.channels.mail.store import NOWHERE
from regulars.kit.clock import utc_now
from regulars.main.mail_in import read_waiting
from regulars.store import Database, bundled_url, migrate

SENTENCES = [
    "My sandwich has not arrived yet.", "¿Dónde está mi pedido? Ya ha pasado una hora.",
    "Kan ik de bestelling nog wijzigen?", "Thank you, that helped a lot!",
    "Quisiera un café con leche más, por favor.", "Het broodje was koud, en de koffie ook.",
]  # fmt: skip
WROTE = [
    "On Mon, 16 Nov 2026 at 10:00, Shop <help@shop.example> wrote:",
    "El lun, 16 nov 2026 a las 10:00, Tienda <help@shop.example> escribió:",
    "Op ma 16 nov 2026 om 10:00 schreef Winkel <help@shop.example>:",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    database = Database(bundled_url(Path(mkdtemp(prefix="mail-in-"))))
    migrate(database)
    ours, bare, modern = [], [], []
    for n in range(asked.rounds + 1):
        corpus = list(make(asked.mails, seed=n))
        bare.append(rate(corpus, bare_parse))
        modern.append(rate(corpus, modern_parse))
        ours.append(rate(corpus, lambda raws: take_in(database, raws)))
    size = sum(map(len, corpus)) / len(corpus) / 1000
    print(
        f"{asked.mails} mails of {size:.0f} kB on average, {asked.rounds} rounds after one to warm up; mails a second:"
    )
    show("kept, read, threaded, stored", ours[1:])
    show("bare parse (message_from_bytes)", bare[1:])
    show("the same by policy.default, text asked for", modern[1:])
    for name, other in (("bare parse", bare), ("today's interface", modern)):
        ratios = [o / b for o, b in zip(ours[1:], other[1:], strict=True)]
        each = ", ".join(f"{r:.0%}" for r in ratios)
        print(f"  ratio to the {name}: {np.median(ratios):.0%}  ({each})")
    database.close()


def show(name: str, rates: list[float]) -> None:
    print(f"  {name:45} {np.median(rates):8,.0f}   ({', '.join(f'{r:,.0f}' for r in rates)})")


def rate(corpus: list[bytes], work: Callable[[list[bytes]], None]) -> float:
    begin = time.perf_counter()
    work(corpus)
    return len(corpus) / (time.perf_counter() - begin)


def bare_parse(raws: list[bytes]) -> None:
    for raw in raws:
        message_from_bytes(raw)


def modern_parse(raws: list[bytes]) -> None:
    for raw in raws:
        mail = message_from_bytes(raw, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        body = mail.get_body(("plain", "html"))
        assert mail["subject"] and mail["from"] and body is not None and body.get_content()


def take_in(database: Database, raws: list[bytes]) -> None:
    for start in range(0, len(raws), 100):
        with database.begin() as db:
            mails.keep(db, raws[start : start + 100], NOWHERE, now=utc_now())
    read_waiting(database, now=utc_now(), sender="help@shop.example", most=200)


def make(count: int, *, seed: int) -> Iterator[bytes]:
    """Mails of 600 people; half of them answer an earlier one of theirs."""
    rng = np.random.default_rng(seed)
    earlier: dict[int, str] = {}
    for n in range(count):
        who = int(rng.integers(600))
        mail = EmailMessage()
        mail["From"] = f"Guest Número {who} <guest{who}@example.com>"
        mail["To"] = "Shop <help@shop.example>"
        mail["Subject"] = f"Pregunta número {n}"
        mail["Date"] = "Sun, 22 Nov 2026 10:00:00 +0100"
        mail["Message-ID"] = f"<{uuid4()}@example.com>"
        for hop in range(5):
            mail["Received"] = (
                f"from mx{hop}.example.com (10.0.0.{hop}) by mx.example.net with ESMTPS id {n}{hop}; "
                f"Sun, 22 Nov 2026 10:00:0{hop} +0100"
            )
        if who in earlier and rng.random() < 0.5:
            mail["In-Reply-To"] = mail["References"] = earlier[who]
        earlier[who] = mail["Message-ID"]
        fill(mail, rng)
        yield mail.as_bytes(policy=policy.SMTP)


def fill(mail: EmailMessage, rng: np.random.Generator) -> None:
    words = " ".join(SENTENCES[i] for i in rng.integers(len(SENTENCES), size=int(rng.integers(2, 30))))
    quote = "\n".join(f"> {SENTENCES[i]}" for i in rng.integers(len(SENTENCES), size=int(rng.integers(3, 40))))
    mail.set_content(f"{words}\n\n{WROTE[int(rng.integers(3))]}\n{quote}\n")
    kind = rng.random()
    if kind < 0.6:
        rows = "".join(f"<tr><td style='padding:4px'><p>{s}</p></td></tr>" for s in words.split(". "))
        mail.add_alternative(
            f"<html><body><table>{rows}</table><blockquote>{quote}</blockquote></body></html>" * 2, subtype="html"
        )
    if kind < 0.15:
        mail.add_attachment(
            rng.bytes(int(rng.integers(20_000, 200_000))), maintype="image", subtype="jpeg", filename="foto.jpg"
        )


if __name__ == "__main__":
    main()
