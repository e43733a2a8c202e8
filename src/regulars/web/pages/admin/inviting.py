"""The mail an invitation goes out by."""

from regulars import messages
from regulars.channels.mail import Address, Letter, payload_of
from regulars.kit.i18n import speaker
from regulars.messages import Outgoing, Purpose, Recipient
from regulars.team import Agent, Invitation
from regulars.web.edge import Work


def send_invitation(work: Work, by: Agent, invitation: Invitation, link: str) -> None:
    """Mail `link` to whom it is for. The administrator sees the link too, for when mail does not arrive."""
    _ = speaker(by.language).gettext
    said = {"name": by.name, "link": link}
    letter = Letter(
        subject=_("%(name)s invites you to the team") % said,
        markdown=_(
            "%(name)s invites you to answer customers together with the team.\n\n"
            "[Choose your name and password](%(link)s)\n\nThe link works once, for seven days."
        )
        % said,
        from_=Address(""),
        to=Address(invitation.email),
        automatic=True,
        language=by.language,
    )
    payload = {name: value for name, value in payload_of(letter).items() if name != "from_"}
    to = Recipient(None, invitation.email)
    messages.send(work.db, Outgoing(f"invitation:{invitation.id}", "email", to, payload, Purpose.ACCOUNT), now=work.now)
