"""What a route says about itself for the OpenAPI files beyond what its signature says: further answers, events, forms.

What every route can answer (401, 403, 404, 413, 415, 422, 429, 500, 503) is derived from its guard and signature.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

_KEY = "hjerteloeber_contract"


class Contract(msgspec.Struct, frozen=True):
    """`refusals` by status with one sentence each; `events` of a stream by name; `form_of` where a form is sent."""

    refusals: dict[int, str] = {}
    events: dict[str, Any] = {}
    form_of: Any = None


def answers(refusals: Mapping[int, str]) -> dict[str, Any]:
    """For a route's `opt=`: its further refusals by status, one sentence each."""
    return {_KEY: Contract(dict(refusals))}


WITHDREW = {409: "This person withdrew: it has to be taken back first"}
"""Of what changes an account, or rings it."""


def streams(events: Mapping[str, type], refusals: Mapping[int, str] | None = None) -> dict[str, Any]:
    """For the `opt=` of a route that answers with server-sent events: each event's name and the type of its data."""
    return {_KEY: Contract(dict(refusals or {}), dict(events))}


def form(fields: type, refusals: Mapping[int, str]) -> dict[str, Any]:
    """For the `opt=` of a route that reads a form by hand."""
    return {_KEY: Contract(dict(refusals), form_of=fields)}


def contract_of(opt: Mapping[str, Any]) -> Contract:
    """What a route said, or nothing."""
    said: Contract = opt.get(_KEY, Contract())
    return said
