"""Refusals to a caller: RFC 9457 problem documents with a stable `type`.

Nothing personal and no query string stands in one. The edge turns a :class:`Problem` into a response.
"""

from typing import Any

import msgspec

TYPE_PREFIX = "https://hjerteloeber.example/problems/"
"""A name, not an address: `type` is compared, not fetched. docs/problems.md explains each."""


class FieldError(msgspec.Struct, frozen=True):
    """One thing wrong with the request: where (`/position/lat`), and what would be right."""

    field: str
    problem: str


class Problem(Exception):
    """Raised by whoever refuses; `slug` is the stable end of the problem's type."""

    def __init__(
        self,
        status: int,
        slug: str,
        title: str,
        detail: str,
        *,
        errors: list[FieldError] | None = None,
        headers: dict[str, str] | None = None,
        **extra: str | int | bool | None,
    ) -> None:
        super().__init__(f"{status} {slug}")  # what reaches a log names the kind of refusal, not its content
        self.status = status
        self.slug = slug
        self.title = title
        self.detail = detail
        self.errors = errors or []
        self.headers = headers or {}
        self.extra = extra

    def document(self) -> dict[str, Any]:
        """The RFC 9457 members, ready to be encoded as application/problem+json."""
        document: dict[str, Any] = {
            "type": TYPE_PREFIX + self.slug,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            document["errors"] = [msgspec.to_builtins(error) for error in self.errors]
        return document | self.extra


def bad_field(field: str, problem: str, *, slug: str = "invalid-request", detail: str | None = None) -> Problem:
    """422 for one field: `field` as a JSON pointer, `problem` says what would be right."""
    return Problem(
        422,
        slug,
        "The request cannot be used as it is",
        detail or f"{field}: {problem}",
        errors=[FieldError(field, problem)],
    )


def not_found(what: str) -> Problem:
    """404 that says what was looked for, not with which id."""
    return Problem(404, "not-found", "Not found", f"There is no such {what}, or it is not yours to see.")


def unauthorised(detail: str) -> Problem:
    return Problem(401, "unauthorised", "Not signed in", detail, headers={"WWW-Authenticate": "Bearer"})


def forbidden(detail: str) -> Problem:
    return Problem(403, "forbidden", "Not allowed", detail)


def too_many(detail: str, retry_after_s: int) -> Problem:
    return Problem(429, "too-many", "Too many requests", detail, headers={"Retry-After": str(retry_after_s)})


def overloaded(retry_after_s: int) -> Problem:
    """503 for what is turned away so that alarms do not wait. Never for a dispatch centre's report."""
    return Problem(
        503,
        "overloaded",
        "Too much to do just now",
        "Alarms come first, so this was turned away unread. Send the same again after Retry-After seconds.",
        headers={"Retry-After": str(retry_after_s)},
    )
