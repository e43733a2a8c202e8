"""Folding what a mail repeats: the quoted conversation below the answer, and the sender's signature.

Nothing is lost: text, signature and quoted, joined, are the lines that came. Forwarded mail is not folded (it is
what the sender wants to show), nor is an answer written between the quoted lines.
"""

import re
from dataclasses import dataclass

_WROTE = (
    r"wrote|writes|escribi[oó]|schreef|heeft geschreven|geschreven|schrieb|a écrit|ha scritto|escreveu|skrev|"
    r"kirjoitti|napsal(?:\(a\))?|napisał(?:\(a\))?|написал(?:\(а\))?|пише|yazdı|έγραψε|írta|a scris|写道|写到|のメール"
)
_ATTRIBUTION = re.compile(
    r"^(?:>\s*)?(?:on|el|op|am|le|il|em|den|il giorno|a \d|dne|w dniu|.{0,60}\d{4})\b"
    rf".{{3,400}}\b(?:{_WROTE})\b.{{0,200}}[:：]\s*$"
    rf"|^.{{0,200}}<[^<>\s]+@[^<>\s]+>.{{0,100}}(?:{_WROTE}).{{0,60}}[:：]?\s*$",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"^\s*[-_=*]{2,}\s*(?:original message|original appointment|mensaje original|oorspronkelijk bericht|"
    r"oorspronkelijke bericht|ursprüngliche nachricht|message d'origine|message original|messaggio originale|"
    r"mensagem original|ursprungligt meddelande|oprindelig meddelelse|opprinnelig melding|alkuperäinen viesti|"
    r"wiadomość oryginalna|исходное сообщение|reply above this line)\s*[-_=*]{2,}\s*$",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"^\s*(?:[-_=*]{2,}\s*)?(?:forwarded message|begin forwarded message:?|mensaje reenviado|doorgestuurd bericht|"
    r"begin doorgestuurd bericht:?|inicio del mensaje reenviado:?|weitergeleitete nachricht|message transféré|"
    r"messaggio inoltrato|mensagem encaminhada|fwd:)\s*(?:[-_=*]{2,}\s*)?$",
    re.IGNORECASE,
)
_FROM = re.compile(r"^\s*\*?(?:from|de|van|von|da|från|fra|od|от)\s*\*?\s*:\s*\*?\s*\S", re.IGNORECASE)
_SENT = re.compile(
    r"^\s*\*?(?:sent|date|enviad[oa](?: el)?|enviat|fecha|verzonden|datum|gesendet|envoyé|inviato|data|skickat|sendt|"
    r"wysłano|отправлено)\s*\*?\s*:",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"^\s*\*?(?:subject|asunto|onderwerp|betreff|objet|oggetto|assunto|ämne|emne|temat|тема)\s*\*?\s*:", re.IGNORECASE
)
_FROM_A_PHONE = re.compile(
    r"^\s*(?:sent from (?:my |the )?(?:\S+ ){0,4}\S+|get outlook for \S+.{0,60}|sent via \S+.{0,40}|"
    r"enviado desde (?:mi |el |la |outlook )?.{2,60}|obtener outlook para .{2,60}|"
    r"verstuurd vanaf (?:mijn )?.{2,60}|verzonden (?:vanaf|vanuit|met|via) .{2,60}|"
    r"outlook voor .{2,40} downloaden.{0,40}|"
    r"von meinem .{2,60} gesendet.?|gesendet (?:mit|von) .{2,60}|envoyé de(?:puis)? (?:mon )?.{2,60}|"
    r"inviato da(?:l mio)? .{2,60}|enviado do meu .{2,60}|skickat från (?:min )?.{2,60})\s*$",
    re.IGNORECASE,
)
_DIGIT_OR_ADDRESS = re.compile(r"[\d@]")
_RULE = re.compile(r"^\s*_{10,}\s*$")
_MOST_SIGNATURE_LINES = 15


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in three parts; the first is what was written now."""

    text: str
    signature: str
    quoted: str


def fold(text: str) -> Folded:
    """Take the quoted rest and the signature off `text`. A text that is all quote stays whole."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip().split("\n")
    cut = _quote_begins(lines)
    if not "".join(lines[:cut]).strip():
        cut = len(lines)
    sign = _signature_begins(lines[:cut])
    return Folded(_joined(lines[:sign]), _joined(lines[sign:cut]), _joined(lines[cut:]))


def _quote_begins(lines: list[str]) -> int:
    for at, line in enumerate(lines):
        if _FORWARDED.match(line):
            return len(lines)
        if len(line) < 1000 and _is_boundary(lines, at) and not _answers_below(lines, at):
            return at
    return _trailing_quote(lines)


def _is_boundary(lines: list[str], at: int) -> bool:
    line = lines[at]
    if not line.strip() or (line.startswith(">") and not _DIGIT_OR_ADDRESS.search(line)):
        return False
    if _ORIGINAL.match(line) or _begins_header_block(lines, at):
        return True
    if _RULE.match(line):
        following = next((i for i in range(at + 1, min(at + 4, len(lines))) if lines[i].strip()), at)
        return _begins_header_block(lines, following)
    return any(_ATTRIBUTION.match(" ".join(p.strip() for p in lines[at : at + n])) for n in (1, 2, 3) if _could(line))


def _could(line: str) -> bool:
    """Whether an attribution may begin here: they all hold a digit or an address in their first line."""
    return _DIGIT_OR_ADDRESS.search(line) is not None


def _begins_header_block(lines: list[str], at: int) -> bool:
    if not _FROM.match(lines[at]):
        return False
    block = [line for line in lines[at + 1 : at + 8] if line.strip()]
    return any(_SENT.match(line) for line in block) and any(_SUBJECT.match(line) for line in block)


def _answers_below(lines: list[str], at: int) -> bool:
    """Whether somebody answered between the quoted lines: "> theirs", then their own words."""
    rest = lines[at + 1 :]
    quoted = [i for i, line in enumerate(rest) if line.lstrip().startswith(">")]
    if not quoted:
        return False
    after = [line for line in rest[quoted[0] :] if line.strip() and not line.lstrip().startswith(">")]
    own = [line for line in after if not _FROM_A_PHONE.match(line)]
    return bool(own) and not _is_signature_only(rest[quoted[0] :])


def _is_signature_only(lines: list[str]) -> bool:
    """Whether below the last quoted line there is only a signature."""
    last = max(i for i, line in enumerate(lines) if line.lstrip().startswith(">"))
    between = [line for line in lines[:last] if line.strip() and not line.lstrip().startswith(">")]
    below = [line for line in lines[last + 1 :] if line.strip()]
    return not between and bool(below) and below[0].rstrip() == "--"


def _trailing_quote(lines: list[str]) -> int:
    cut = len(lines)
    while cut and (not lines[cut - 1].strip() or lines[cut - 1].lstrip().startswith(">")):
        cut -= 1
    return cut if any(line.lstrip().startswith(">") for line in lines[cut:]) else len(lines)


def _signature_begins(lines: list[str]) -> int:
    end = len(lines)
    for at in range(max(1, end - _MOST_SIGNATURE_LINES), end):
        line = lines[at]
        if (line.rstrip() == "--" or _FROM_A_PHONE.match(line)) and "".join(lines[:at]).strip():
            return at
    return end


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n")
