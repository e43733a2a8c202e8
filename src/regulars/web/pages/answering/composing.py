"""What the composer asks for while an agent writes: ready answers by "/", filled in; suggestions; the story's facts."""

from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from regulars.desk import ConversationId
from regulars.desk.answers import filling, keeping
from regulars.desk.answers.model import AnswerId, ReadyAnswer, Suggested
from regulars.desk.answers.suggesting import suggest
from regulars.kit import markdown
from regulars.kit.errors import Invalid
from regulars.kit.json import Json
from regulars.web.pages.desk import GivenDesk

PREVIEW = 160
MOST = 8


@get("/desk/conversations/{conversation:uuid}/suggestions", sync_to_thread=True)
def suggestions(desk: GivenDesk, conversation: FromPath[UUID]) -> dict[str, Json]:
    """What could be answered, best first, each with its reason."""
    with desk.work() as work:
        found = suggest(work.db, ConversationId(conversation), by=desk.agent, now=work.now)
    return {"decision": str(found.id), "items": [_suggested(one) for one in found.items]}


@get("/desk/conversations/{conversation:uuid}/answers", sync_to_thread=True)
def find_answers(desk: GivenDesk, conversation: FromPath[UUID], q: FromQuery[str] = "") -> dict[str, Json]:
    """Ready answers for what was typed after "/", those in the customer's language first."""
    with desk.work() as work:
        _, language = filling.about(work.db, ConversationId(conversation), by=desk.agent)
        found = keeping.answers(work.db, q, by=desk.agent, language=language, most=MOST)
    return {"items": [_found(one, language) for one in found]}


@get("/desk/conversations/{conversation:uuid}/answers/{answer:uuid}", sync_to_thread=True)
def filled_answer(desk: GivenDesk, conversation: FromPath[UUID], answer: FromPath[UUID]) -> Response[dict[str, Json]]:
    """A ready answer filled in for this customer; 422 with the variable that has no value, and then no text at all."""
    with desk.work() as work:
        known, language = filling.about(work.db, ConversationId(conversation), by=desk.agent)
        try:
            filled = filling.render(work.db, AnswerId(answer), known, language=language, now=work.now)
        except Invalid as fault:
            told: dict[str, Json] = {"missing": filling.missing(fault), "detail": fault.detail}
            return Response(told, status_code=422)
    files: list[Json] = [{"id": str(f.id), "name": f.name, "type": f.type, "size": f.size} for f in filled.files]
    key = f"ready:{filled.answer}"
    return Response({"key": key, "language": filled.language, "text": filled.text, "files": files})


def _suggested(one: Suggested) -> dict[str, Json]:
    return {
        "key": one.key, "kind": one.kind.value, "ref": one.ref, "title": one.title, "text": one.text, "url": one.url,
        "number": one.number, "reason": {"kind": one.reason.kind.value, "text": one.reason.text}, "score": one.score,
    }  # fmt: skip


def _found(one: ReadyAnswer, language: str) -> dict[str, Json]:
    text = one.text(language)
    return {
        "key": f"ready:{one.id}", "ref": str(one.id), "title": text.title, "shortcut": one.shortcut,
        "preview": markdown.to_text(text.text)[:PREVIEW], "language": one.language(language), "uses": one.uses,
        "scope": one.scope.value,
    }  # fmt: skip
