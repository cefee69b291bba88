"""An exercise from the report to its end: who is rung on which channel, who has it, who answers, and the two clocks."""

import asyncio
import contextlib
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import aiohttp

from backend.conform.reference_client import DispatchSystem, Json, NobodyAnswers, Refused

LOOK_EVERY_S = 0.1
"""So much a clock of this one may be late: the service's own figures are exact."""

ANSWERED = ("accepted", "declined", "gave_up", "finished", "stood_down")
Tell = Callable[[str], None]


@dataclass(frozen=True)
class LogIn:
    """A dispatch client of kind exercise."""

    client_id: str
    private_key: str = field(repr=False)  # PEM


@dataclass(frozen=True)
class Drill:
    """What is reported, and how many seconds it may take."""

    lat: float
    lon: float
    address: str
    policy: str | None
    wait_s: float


@dataclass
class Outcome:
    """What was seen. Clocks are seconds from the moment the report was sent, by this machine's monotonic clock."""

    incident: str = ""
    people: dict[str, Json] = field(default_factory=dict)  # by pseudonym, as last seen
    first_accepted_s: float | None = None
    first_receipt_s: float | None = None
    first_answer_s: float | None = None
    ended: Json = field(default_factory=dict)

    @property
    def channels(self) -> Counter[str]:
        return Counter(channel for person in self.people.values() for channel in person["reached_by"])

    @property
    def reached_everybody(self) -> bool:
        """A provider took their ring, or it was seen without a provider's word: the word was lost, or came too late."""
        return bool(self.people) and not self.unreached

    @property
    def unreached(self) -> list[str]:
        return [name for name, person in self.people.items() if not (person["reached_by"] or _has_it(person))]

    def as_json(self) -> Json:
        states = Counter(person["state"] for person in self.people.values())
        return {
            "incident": self.incident,
            "asked": len(self.people),
            "reached_by": dict(sorted(self.channels.items())),
            "have_it": sum(_has_it(person) for person in self.people.values()),
            "states": dict(sorted(states.items())),
            "report_to_first_accepted_s": self.first_accepted_s,
            "report_to_first_receipt_s": self.first_receipt_s,
            "report_to_first_answer_s": self.first_answer_s,
            "stand_down": self.ended,
            "reached_everybody": self.reached_everybody,
        }


async def run(url: str, log_in: LogIn, drill: Drill, tell: Tell) -> Outcome:
    """The whole exercise. Raises Refused or NobodyAnswers; whatever it opened it ends."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    outcome = Outcome()
    async with aiohttp.ClientSession() as session:
        centre = DispatchSystem(session, url, log_in.client_id, log_in.private_key)
        await centre.log_in(scope="exercises:write")  # no other kind gets a token of it: then nothing is reported
        began = monotonic()
        reported = await centre.report(_report(drill))
        outcome.incident = reported["id"]
        try:
            tell(f"{_since(began)}  reported, {reported['asked']} asked, by {reported['policy']['name']}")
            await _watch(centre, outcome, began, drill.wait_s, stopped, tell)
        finally:
            outcome.ended = await centre.close(outcome.incident)
            tell(f"{_since(began)}  ended")
        await _look_back(centre, outcome)
    for line in _clocks(outcome):
        tell(line)
    return outcome


async def _watch(
    centre: DispatchSystem, outcome: Outcome, began: float, wait_s: float, stopped: asyncio.Event, tell: Tell
) -> None:
    """Until everybody has answered, the time is over or somebody stops it."""
    while monotonic() - began < wait_s and not stopped.is_set():
        seen = await centre.incident(outcome.incident)
        since = monotonic() - began
        for person in seen["volunteers"]:
            for line in _news(outcome.people.get(person["pseudonym"]), person):
                tell(f"{since:+8.2f} s  {person['pseudonym']} {line}")
            outcome.people[person["pseudonym"]] = person
        _note_clocks(outcome, since)
        everybody = outcome.people.values()
        if seen["state"] == "ended" or (everybody and all(person["state"] in ANSWERED for person in everybody)):
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), LOOK_EVERY_S)


async def _look_back(centre: DispatchSystem, outcome: Outcome) -> None:
    """Whoever answers at once can be faster than the provider's word; the end has waited for every word still due.

    When it came no clock tells: nobody was looking. Where this look fails, what was seen before stands.
    """
    seen: Json = {"volunteers": []}
    with contextlib.suppress(Refused, NobodyAnswers):
        seen = await centre.incident(outcome.incident)
    for person in seen["volunteers"]:
        known = outcome.people.setdefault(person["pseudonym"], person)
        for proof in ("reached_by", "receipt_at", "answered_at"):
            known[proof] = person[proof]  # the state stays what it was before everybody was stood down


def _note_clocks(outcome: Outcome, since: float) -> None:
    people = outcome.people.values()
    at = round(since, 2)
    if outcome.first_accepted_s is None and any({"fcm", "sms"} & {*person["reached_by"]} for person in people):
        outcome.first_accepted_s = at
    if outcome.first_receipt_s is None and any(_has_it(person) for person in people):
        outcome.first_receipt_s = at
    if outcome.first_answer_s is None and any(person["answered_at"] is not None for person in people):
        outcome.first_answer_s = at


def _has_it(person: Json) -> bool:
    """The app showed it. A text message has no receipt (previews open links too): there the answer tells."""
    return person["receipt_at"] is not None or person["answered_at"] is not None


def _news(was: Json | None, now: Json) -> list[str]:
    """What happened to one person between two looks."""
    before: dict[str, Any] = was or {"state": "", "reached_by": [], "receipt_at": None}
    lines = []
    if was is None:
        lines.append(f"asked, {now['metres']} m away")
    lines += [f"taken by {channel}" for channel in now["reached_by"] if channel not in before["reached_by"]]
    if now["receipt_at"] is not None and before["receipt_at"] is None:
        lines.append("has it on the screen")
    if now["state"] not in (before["state"], "ringing"):
        lines.append(now["state"] + (f" as {now['role']}" if now["role"] else ""))
    return lines


def _clocks(outcome: Outcome) -> list[str]:
    def clock(seconds: float | None) -> str:
        return "not seen before the end" if seconds is None else f"{seconds:.2f} s"

    by = ", ".join(f"{channel} {count}" for channel, count in sorted(outcome.channels.items())) or "nothing"
    return [
        f"report → first ring a provider took   {clock(outcome.first_accepted_s)}",
        f"report → first phone that showed it   {clock(outcome.first_receipt_s)}",
        f"report → first answer                 {clock(outcome.first_answer_s)}",
        f"reached by                            {by}",
        *(f"reached by nothing                    {pseudonym}" for pseudonym in outcome.unreached),
    ]


def _report(drill: Drill) -> Json:
    now = datetime.now(UTC)
    report: Json = {
        "case_number": f"OEVELSE-{now:%Y%m%d-%H%M%S-%f}",
        "position": {"system": "WGS84", "lat": drill.lat, "lon": drill.lon},
        "accuracy_m": 20,
        "address": {"text": drill.address},
    }
    return report if drill.policy is None else report | {"policy": drill.policy}


def _since(began: float) -> str:
    return f"{monotonic() - began:+8.2f} s"
