"""Certificates of dispatch systems that a reverse proxy has taken (RFC 8705, RFC 9440). Pure; nothing is looked up.

Who may present one says an authority's file beside ours, and the client's registration. No revocation list is fetched:
whoever keeps one from being reached would keep alarms out. A certificate that must not count any more is let out here
(`hjerteloeber client remove-certificate`), at once.
"""

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from backend.foundation.settings import WrongSettings
from backend.identity.proofs import base64url

ENDS_SOON = timedelta(days=30)
"""Ours: a month is what ordering one at an authority takes at worst."""


class Presented(msgspec.Struct, frozen=True):
    """A certificate as it came. `thumbprint`: SHA-256 of its DER."""

    der: bytes
    subject: str
    thumbprint: bytes
    ends_at: datetime

    @property
    def x5t(self) -> str:
        """As a token's `cnf` names it."""
        return base64url(self.thumbprint)


class Registered(msgspec.Struct, frozen=True):
    """What a client was let in with: a subject, or one certificate's thumbprint."""

    subject: str | None
    thumbprint: bytes | None

    def is_met_by(self, shown: Presented) -> bool:
        return shown.subject == self.subject if self.thumbprint is None else shown.thumbprint == self.thumbprint


class Authorities:
    """Whose certificates are believed; none: nobody's."""

    def __init__(self, certificates: Sequence[x509.Certificate]) -> None:
        self._store = Store(list(certificates)) if certificates else None

    def vouch_for(self, shown: Presented, now: datetime) -> bool:
        """Whether one of them signed it for a client, and its time is neither to come nor over."""
        if self._store is None:
            return False
        policy = PolicyBuilder().store(self._store).time(now.replace(tzinfo=None))
        try:
            policy.build_client_verifier().verify(x509.load_der_x509_certificate(shown.der), [])
        except (VerificationError, ValueError, x509.UnsupportedGeneralNameType):
            return False
        return True


def load_authorities(path: Path | None) -> Authorities:
    """The authorities in a PEM file: roots, and those between. Raises WrongSettings."""
    if path is None:
        return Authorities([])
    try:
        return Authorities(x509.load_pem_x509_certificates(path.read_bytes()))
    except ValueError:
        raise WrongSettings("The client CA file holds no certificates as PEM.") from None


def read_presented(header: str) -> Presented | None:
    """What a `Client-Cert` header (RFC 9440: `:base64:`) holds; None where that is no certificate."""
    text = header.strip()
    if len(text) < 2 or text[0] != ":" or text[-1] != ":":
        return None
    try:
        return presented(x509.load_der_x509_certificate(base64.b64decode(text[1:-1], validate=True)))
    except (ValueError, x509.InvalidVersion):
        return None


def presented(certificate: x509.Certificate) -> Presented:
    der = certificate.public_bytes(Encoding.DER)
    ends_at = certificate.not_valid_after_utc
    return Presented(der, certificate.subject.rfc4514_string(), hashlib.sha256(der).digest(), ends_at)


def one_that_meets(registered: Sequence[Registered], shown: Presented) -> Registered | None:
    """The registration a certificate meets; None: it is nobody's of these."""
    return next((each for each in registered if each.is_met_by(shown)), None)
