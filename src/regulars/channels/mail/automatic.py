"""Was it a machine? Then nothing of ours answers by itself (RFC 3834). Says what gave it away."""

import re

from regulars.channels.mail.headers import Headers
from regulars.channels.mail.model import Automatic, AutomaticKind

_MACHINES = re.compile(
    r"^(?:mailer-daemon|postmaster|no-?_?reply|do-?not-?reply|noresponder|no-responder|geen-?antwoord|bounces?|"
    r"nobody|daemon|root|.*[-_.]bounces?|(?:owner|bounce)-.*|.*-request)$",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"^[\[(]?(?:"
    r"automatic(?:ally generated)? reply|auto(?:matic)?[- ]?(?:reply|response|responder|antwort|svar|antwoord)|"
    r"out of (?:the )?office|i am (?:currently )?out of (?:the |my )?office|on (?:vacation|holiday|leave)|"
    r"automatisch antwoord|automatisch bericht|afwezig\w*|niet aanwezig|buiten kantoor|"
    r"respuesta autom[aá]tica|contestaci[oó]n autom[aá]tica|fuera de (?:la )?oficina|ausente|estoy de vacaciones|"
    r"automatische antwort|abwesend|abwesenheit\w*|nicht im (?:haus|büro)|"
    r"réponse automatique|absence du bureau|absent du bureau|"
    r"risposta automatica|fuori (?:sede|ufficio)|resposta autom[aá]tica|fora do escritório|"
    r"automatiskt svar|automatisk svar|frånvaro|fravær|automaattinen vastaus|poissa|"
    r"automatická odpov[eě][dď]|odpowiedź automatyczna|automatyczna odpowiedź|automatikus válasz|răspuns automat|"
    r"otomatik yanıt|αυτόματη απάντηση|автоответ(?:чик)?|автоматическ(?:ий|ое) ответ|"
    r"自動返信|自動応答|自动回复|自動回覆|자동 회신|부재중)"
    # Nothing of a sentence may follow: "Out of office lunch was late" is somebody's complaint. What answers a machine
    # ("Re: Automatic reply: …") is a person's too.
    r"(?=$|\s*[:：!.\])(\-–—]|\s+(?:re|aw|sv|antw|until|till|from|tot|vanaf|t/m|bis|vom|hasta|desde|jusqu|fino|até|до)\b)",
    re.IGNORECASE,
)
_FIELDS = {
    "x-autoreply": AutomaticKind.REPLY, "x-autorespond": AutomaticKind.REPLY, "x-autoresponse": AutomaticKind.REPLY,
    "x-auto-reply-from": AutomaticKind.REPLY, "x-vacationmessage": AutomaticKind.REPLY,
    "x-mail-autoreply": AutomaticKind.REPLY, "feedback-id": AutomaticKind.BULK, "list-id": AutomaticKind.BULK,
    "list-unsubscribe": AutomaticKind.BULK, "list-post": AutomaticKind.BULK, "list-help": AutomaticKind.BULK,
    "x-failed-recipients": AutomaticKind.BOUNCE, "x-cron-env": AutomaticKind.GENERATED,
    "x-github-reason": AutomaticKind.GENERATED, "x-loop": AutomaticKind.GENERATED,
}  # fmt: skip
_PRECEDENCE = {"bulk": AutomaticKind.BULK, "list": AutomaticKind.BULK, "junk": AutomaticKind.BULK,
               "auto_reply": AutomaticKind.REPLY, "auto-reply": AutomaticKind.REPLY}  # fmt: skip


def automatic(
    headers: Headers, *, sender: str, subject: str, content_type: str, envelope: str = ""
) -> Automatic | None:
    """What kind of machine wrote a mail with these fields; None for a person, as far as one can tell.

    envelope  the sender it was handed over with; "" where that is not known
    """
    return (
        _reports(headers, content_type)
        or _says_so(headers)
        or _is_away(subject)
        or _by_fields(headers)
        or _by_sender(headers, sender, envelope)
    )


def _reports(headers: Headers, content_type: str) -> Automatic | None:
    if content_type == "multipart/report":
        kind = headers.raw("content-type").lower()
        if "delivery-status" in kind:
            return Automatic(AutomaticKind.BOUNCE, "Content-Type: multipart/report; report-type=delivery-status")
        if "feedback-report" in kind or "disposition-notification" in kind:
            return Automatic(AutomaticKind.REPORT, "Content-Type: multipart/report")
        return Automatic(AutomaticKind.BOUNCE, "Content-Type: multipart/report")
    return None


def _says_so(headers: Headers) -> Automatic | None:
    said = headers.raw("auto-submitted").lower().split(";")[0].strip()
    if said and said != "no":
        kind = AutomaticKind.REPLY if said.startswith("auto-replied") else AutomaticKind.GENERATED
        return Automatic(kind, f"Auto-Submitted: {said[:60]}")
    precedence = headers.raw("precedence").lower().strip()
    if precedence in _PRECEDENCE:
        return Automatic(_PRECEDENCE[precedence], f"Precedence: {precedence}")
    return None


def _is_away(subject: str) -> Automatic | None:
    found = _AWAY.match(subject.strip())
    return Automatic(AutomaticKind.REPLY, f"Subject: {found.group(0)}") if found else None


def _by_fields(headers: Headers) -> Automatic | None:
    for name, kind in _FIELDS.items():
        if name in headers:
            return Automatic(kind, name)
    suppress = headers.raw("x-auto-response-suppress").lower()
    if any(word in suppress for word in ("all", "autoreply", "oof")):
        return Automatic(AutomaticKind.GENERATED, f"X-Auto-Response-Suppress: {suppress[:60]}")
    return None


def _by_sender(headers: Headers, sender: str, envelope: str) -> Automatic | None:
    for field, handed_over in (("Return-Path: ", headers.raw("return-path")), ("MAIL FROM:", envelope)):
        if handed_over.strip() == "<>":
            return Automatic(AutomaticKind.BOUNCE if not sender else AutomaticKind.REPLY, f"{field}<>")
    local = sender.partition("@")[0]
    if _MACHINES.match(local):
        kind = AutomaticKind.BOUNCE if local.lower() in {"mailer-daemon", "postmaster"} else AutomaticKind.GENERATED
        return Automatic(kind, f"From: {local[:60]}")
    return None
