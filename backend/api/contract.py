"""What a route says about itself for the OpenAPI files beyond what its signature says: further answers, events.

What every route can answer (401, 403, 404, 413, 415, 422, 429, 500, 503) is derived from its guard and signature.
"""

from collections.abc import Mapping
from typing import Any

ANSWERS = "hjerteloeber_answers"
EVENTS = "hjerteloeber_events"


def answers(refusals: Mapping[int, str], *, events: Mapping[str, type] | None = None) -> dict[str, Any]:
    """For a route's `opt=`: further refusals by status with one sentence each, and for a stream its events' bodies."""
    return {ANSWERS: dict(refusals), EVENTS: dict(events or {})}


def streams(events: Mapping[str, type], refusals: Mapping[int, str] | None = None) -> dict[str, Any]:
    """For the `opt=` of a route that answers with server-sent events: each event's name and the type of its data."""
    return answers(refusals or {}, events=events)
