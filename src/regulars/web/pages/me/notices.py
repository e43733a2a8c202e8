"""What just happened, in one sentence, with Undo where it can be undone."""

from dataclasses import dataclass

from regulars.kit.i18n import N_, speaker
from regulars.people.model import FactChange
from regulars.web.pages.me.labels import Labels

SAID = {
    "undone": N_("Undone. Everything is as it was."),
    "same": N_("That was so already."),
    "consent": N_("Noted. It counts from now on."),
    "forgotten": N_("We do not learn from that any more."),
    "learning": N_("We learn from that again."),
    "corrected": N_("Corrected. The receipt is below."),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence; `undo` the change that can be taken back."""

    text: str
    undo: str = ""
    trouble: bool = False


def notice_of(said: str, change: FactChange | None, labels: Labels) -> Notice | None:
    """The notice for what the address says happened; None when it says nothing we know."""
    _ = speaker(labels.language).gettext
    if change is not None:
        if change.undone:
            return Notice(_(SAID["undone"]))
        return Notice(_sentence(change, labels), undo=str(change.id))
    return Notice(_(SAID[said])) if said in SAID else None


def _sentence(change: FactChange, labels: Labels) -> str:
    _ = speaker(labels.language).gettext
    facet = labels.facet(change.facet)
    before, after = change.before, change.after
    if before["denied"] != after["denied"]:
        return _("Noted: that is wrong about you. We will not guess it again.")
    if before["used"] != after["used"]:
        return _("We use this guess again.") if after["used"] else _("We will not use this guess.")
    if after["stated"] is None:
        return _("%(facet)s: back to automatic. It counts from now on.") % {"facet": facet}
    value = labels.values(change.facet, after["stated"]) or _("nothing")
    return _("%(facet)s: %(value)s. It counts from now on.") % {"facet": facet, "value": value}
