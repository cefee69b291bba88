"""Where mail ends in tests: a real SMTP server on loopback that keeps what it is handed."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.campaigns.site import HOST, free_port


class Catcher:
    """`answers` are what it says to a recipient instead of taking the mail: by address, an SMTP reply.

    `to_sender` and `to_mail` are what it says to a mail's sender and to the mail itself, to whomever it is.
    """

    def __init__(self, port: int) -> None:
        self.url = f"smtp://{HOST}:{port}"
        self.mails: list[EmailMessage] = []
        self.answers: dict[str, str] = {}
        self.to_sender, self.to_mail = "250 OK", "250 OK"

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.to_sender.startswith("250"):
            envelope.mail_from = address
        return self.to_sender

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if not self.to_mail.startswith("250"):
            return self.to_mail
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == address]


@contextmanager
def catching() -> Iterator[Catcher]:
    port = free_port()
    catcher = Catcher(port)
    controller = Controller(catcher, hostname=HOST, port=port)
    controller.start()
    try:
        yield catcher
    finally:
        controller.stop()
