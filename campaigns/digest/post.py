"""Handing a mail to a mail server."""

import hashlib
from datetime import date, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum
from urllib.parse import unquote, urlsplit

import aiosmtplib
import msgspec

from campaigns.managers.manager import normal

WITHIN_S = 20.0
STARTTLS_PORT, TLS_PORT = 587, 465
WANTS_A_LOG_IN = (530, 534, 535, 538)
"""RFC 4954: the settings have to be put right, and then all is well."""


class Letter(msgspec.Struct, frozen=True):
    """What is written to somebody. `page` is where it can be ended, too."""

    to: str
    subject: str
    text: str
    html: str
    page: str


class Outcome(StrEnum):
    SENT = "sent"
    REFUSED = "refused"  # for good: such an address there is not, or it takes no such mail
    AWAY = "away"  # the server was not reached, or asked to come again


class Server(msgspec.Struct, frozen=True):
    """`smtps://` is encrypted from the start, `smtp://` as soon as the server offers it."""

    host: str
    port: int
    encrypted: bool
    user: str | None
    password: str | None

    @property
    def is_local(self) -> bool:
        return self.host in ("127.0.0.1", "::1", "localhost")


def server_at(url: str) -> Server:
    """What CAMPAIGNS_SMTP_URL says, which was checked when it was read."""
    parts = urlsplit(url)
    encrypted = parts.scheme == "smtps"
    user, password = (None if each is None else unquote(each) for each in (parts.username, parts.password))
    return Server(
        parts.hostname or "", parts.port or (TLS_PORT if encrypted else STARTTLS_PORT), encrypted, user, password
    )


def mail_of(letter: Letter, sender: str, message_id: str, now: datetime) -> EmailMessage:
    """As it is sent, to nobody where the address is none. Programmes that answer by themselves leave it alone."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = sender, letter.subject
    # The standard library stumbles over some that are none, which were kept before it was looked so closely.
    if normal(letter.to) == letter.to:
        mail["To"] = letter.to
    mail["Date"], mail["Message-ID"] = format_datetime(now), message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = "da"
    mail["List-Unsubscribe"] = f"<{letter.page}>"
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    return mail


def message_id_of(campaign: str, to: str, week: date, sender: str) -> str:
    """The same for the same letter, so that a mail that was sent twice is seen as one."""
    digest = hashlib.sha256(f"{campaign} {to} {week}".encode()).hexdigest()[:32]
    return f"<{digest}@{sender.rpartition('@')[2].strip('> ')}>"


async def send(mail: EmailMessage, server: Server) -> Outcome:
    try:
        await aiosmtplib.send(
            mail,
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.encrypted,
            # A password is never sent in clear text, but to this machine itself.
            start_tls=True if server.user and not server.encrypted and not server.is_local else None,
            timeout=WITHIN_S,
        )
    except aiosmtplib.SMTPRecipientsRefused as refused:
        return Outcome.REFUSED if all(500 <= each.code < 600 for each in refused.recipients) else Outcome.AWAY
    except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPDataError) as refused:
        return Outcome.REFUSED if refused.code >= 500 and refused.code not in WANTS_A_LOG_IN else Outcome.AWAY
    except ValueError:
        return Outcome.REFUSED
    except (aiosmtplib.SMTPException, OSError, TimeoutError):
        return Outcome.AWAY
    return Outcome.SENT
