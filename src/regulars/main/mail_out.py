"""The channel "email": a row of the ledger becomes a mail, and goes to the mail server."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from regulars.channels.mail import Address, File, Letter, compose, letter_of, message_id_of, reply_address
from regulars.channels.mail.dkim import Dkim, dkim_of
from regulars.channels.mail.headers import addresses
from regulars.channels.mail.listener import Listening
from regulars.channels.mail.smtp import Lost, NotTaken, Smtp, SmtpServer, Taken
from regulars.kit.errors import Invalid
from regulars.main.mail_settings import MailSettings
from regulars.main.portal import Portal
from regulars.messages import Accepted, Handed, Parcel, Refused, Unclear


class MailCarrier:
    """Carries by SMTP. `secret` signs reply tokens; `portal` leads from an answer to our own pages."""

    def __init__(
        self, settings: MailSettings, *, secret: str, clock: Callable[[], datetime], portal: Portal | None = None
    ) -> None:
        if settings.smtp_url is None or settings.sender is None:
            raise Invalid("mail needs REGULARS_SMTP_URL and REGULARS_MAIL_FROM: see docs/email.md")
        self._smtp = Smtp(SmtpServer.of(settings.smtp_url))
        self._sender = sender_of(settings.sender)
        self._dkim: Dkim | None = dkim_of(settings.dkim) if settings.dkim else None
        self._plus, self._secret, self._clock, self._portal = settings.plus, secret, clock, portal

    def name(self, parcel: Parcel) -> str | None:
        """The Message-ID, from the row's number: the same at every try."""
        try:
            return message_id_of(parcel.ledger, self._letter(parcel), secret=self._secret)
        except Invalid:  # `hand_over` says why
            return None

    def hand_over(self, parcel: Parcel) -> Handed:
        """Write, sign and send it."""
        try:
            letter = self._with_portal(self._letter(parcel))
            mail = compose(
                letter, message_id=parcel.message_id or message_id_of(parcel.ledger, letter, secret=self._secret),
                secret=self._secret, now=self._clock(), plus=self._plus,
            )  # fmt: skip
        except Invalid as e:
            return Refused(e.detail, permanent=True)
        if self._dkim is not None:
            mail = self._dkim.signed(mail)
        bounces_to = "" if letter.automatic else reply_address(letter, self._secret, self._plus)  # RFC 3834, 3.3
        match self._smtp.hand_over(mail, sender=bounces_to, recipient=letter.to.address):
            case Taken(words):
                return Accepted(words)
            case NotTaken(words, permanent):
                return Refused(words, permanent)
            case Lost(words):
                return Unclear(words)

    def close(self) -> None:
        """End the connections."""
        self._smtp.close()

    def _with_portal(self, letter: Letter) -> Letter:
        line = self._portal.line(letter, self._clock()) if self._portal else ""
        return replace(letter, markdown=f"{letter.markdown}\n\n{line}") if line else letter

    def _letter(self, parcel: Parcel) -> Letter:
        files = [File(f.name, f.type, f.content, f.inline_id) for f in parcel.files]
        to = Address(parcel.to.address, parcel.to.name)
        return letter_of(parcel.payload, to, files, sender=self._sender)


def check(settings: MailSettings) -> None:
    """Raises Invalid when the settings of mail make no sense. Reaches nobody."""
    if settings.smtp_url:
        SmtpServer.of(settings.smtp_url)
        sender_of(settings.sender or "")
    if settings.dkim:
        dkim_of(settings.dkim)
    if settings.listen:
        Listening.of(settings.listen)


def sender_of(setting: str) -> Address:
    """Whom mail is from, as the setting says. Raises Invalid."""
    found = addresses([setting])
    if not found:
        raise Invalid(f"REGULARS_MAIL_FROM is an address, like Shop <help@shop.example>, not {setting!r}")
    return found[0]
