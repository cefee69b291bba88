"""One well-formed call: what it is made of, and how its body is written."""

from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any, Protocol
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from tests.access.wire import Sent

JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}


class Draw(Protocol):
    """What a call is made of: `named` is the thing its address names, `besides` one that its body does."""

    @property
    def chance(self) -> Random: ...
    @property
    def now(self) -> datetime: ...
    @property
    def named(self) -> UUID: ...
    @property
    def besides(self) -> UUID: ...
    @property
    def phone(self) -> str: ...
    @property
    def form_word(self) -> str: ...

    def word(self, what: str) -> str:
        """A text to put in this place: an address, a case number, a name."""

    def place(self, what: str) -> tuple[float, float]:
        """Degrees to put in this place."""


Make = Callable[[Draw], Sent]


def json_call(method: str, path: str, body: Any = None, **headers: str) -> Sent:
    """Without a body where it is None."""
    return Sent(method, path, headers=JSON | headers, body=b"" if body is None else msgspec.json.encode(body))


def form_call(method: str, path: str, **fields: str) -> Sent:
    return Sent(method, path, headers=FORM, body=urlencode(fields).encode())


def get_call(path: str) -> Make:
    return lambda _: Sent("GET", path)
