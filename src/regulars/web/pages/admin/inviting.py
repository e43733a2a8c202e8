"""The mail an invitation goes out by."""

from regulars.team import Agent, Invitation
from regulars.web.edge import Work


def send_invitation(work: Work, by: Agent, invitation: Invitation, link: str) -> None:
    """Mail `link` to whom it is for. The administrator sees the link too, for when mail does not arrive."""
