"""On the way to the provider and back: one secret in the browser's cookie, from which everything else follows.

What is sent to the provider (state, nonce, the code verifier's challenge) are hashes of the secret, each with a purpose
of its own. So the server keeps nothing of whoever has not come back, and an answer fits the one browser that asked.
"""

import base64
import hashlib
import re
from typing import NewType
from urllib.parse import unquote

import msgspec

from campaigns.managers.secret import Secret, draw

HOME = "/tal"
LONGEST_TIL = 1_000
_BELOW_HOME = re.compile(r"/tal(?:[/?][\x21-\x5b\x5d-\x7e]*)?")  # printable ASCII without the backslash
_SIGN_IN_ITSELF = re.compile(r"/tal/(?:log-ind|log-ud|tilbage)(?:[/?]|$)")
Til = NewType("Til", str)
"""An address of ours, below /tal: where somebody goes once signed in."""


class Way(msgspec.Struct, frozen=True):
    """Somebody under way, and to which page."""

    secret: Secret
    til: Til

    @property
    def state(self) -> str:
        return self._part("state")

    @property
    def nonce(self) -> str:
        return self._part("nonce")

    @property
    def verifier(self) -> str:
        """RFC 7636's: 43 letters."""
        return self._part("verifier")

    @property
    def challenge(self) -> str:
        """By which the provider knows the verifier again (S256)."""
        return _hashed(self.verifier)

    def _part(self, purpose: str) -> str:
        return _hashed(f"{purpose}:{self.secret}")

    def cookie(self) -> str:
        """As the browser keeps it."""
        return f"{self.secret}.{base64.urlsafe_b64encode(self.til.encode()).decode()}"

    def __repr__(self) -> str:
        return "Way(…)"


def _hashed(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def begin(til: str) -> Way:
    return Way(draw(), local(til))


def read(cookie: str) -> Way | None:
    """None for what no browser has from us."""
    secret, _, til = cookie.partition(".")
    if not re.fullmatch(r"[\w-]{43}", secret, re.ASCII):
        return None
    try:
        page = base64.urlsafe_b64decode(til).decode()
    except ValueError:
        return None
    return Way(Secret(secret), local(page))


def local(til: str) -> Til:
    """The page, if it is one of ours below /tal and none of sign-in itself; else the first one."""
    fits = len(til) <= LONGEST_TIL and _BELOW_HOME.fullmatch(til) and not _SIGN_IN_ITSELF.match(til)
    path = til.partition("?")[0]
    # A browser goes up at `..`, also where it is written %2e%2e: and then it is not below /tal any more.
    return Til(til) if fits and ".." not in unquote(path) and "\\" not in unquote(path) else Til(HOME)
