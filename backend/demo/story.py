"""`hjerteloeber story`: one arrest from the dispatch centre's report to the stand-down, every step with its time.

The same separate processes as in the demo, over HTTP only, on a database made for this story; at the end three
witnesses are heard (backend.demo.story_checks).
"""

import asyncio
import contextlib
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import msgspec

from backend.conform.reference_client import Json
from backend.demo import parts, queries, seeding
from backend.demo.denmark import Arrest, arrest_in_town
from backend.demo.dispatch_client import DispatchClient
from backend.demo.embedded_postgres import Server, running_server
from backend.demo.folder import Folder
from backend.demo.land import coarse_land
from backend.demo.phones.book import read_book
from backend.demo.story_checks import CHECKS
from backend.demo.story_evidence import Evidence, Push, gather, read_notes, read_pushes
from backend.demo.supervisor import PartFailed, Supervisor
from backend.identity.data_keys import read_ring
from backend.regions import shipped
from backend.regions.shipped import Place

DATABASE = "story"
VOLUNTEERS, AEDS, NEWCOMERS = 2_000, 300, 4
SMALLEST_TOWN, LARGEST_TOWN = 15_000, 120_000
DEFAULT_SEED = 1
AMBULANCE_S = 540.0  # of story time: nine minutes †† after the report
ENDS_WITHIN_S = 25.0  # the last phones hear of the end by text, five seconds later


@dataclass(frozen=True)
class Options:
    seed: int = DEFAULT_SEED
    pace: float = 10.0
    as_json: bool = False
    keep: Path | None = None


class Teller:
    """Prints each step with the seconds since the report."""

    def __init__(self) -> None:
        self.reported: float | None = None

    def __call__(self, line: str, at: datetime | None = None) -> None:
        since = "" if self.reported is None else f"{(at.timestamp() if at else time.time()) - self.reported:+8.3f} s"
        sys.stdout.write(f"{since:>10}  {line}\n")
        sys.stdout.flush()


def run(options: Options) -> int:
    """0 when every witness agrees, 1 when they do not or a part failed."""
    with _folder(options.keep) as folder, running_server(None, fast=False) as server:
        return asyncio.run(_run(options, folder, server))


@contextlib.contextmanager
def _folder(keep: Path | None) -> Iterator[Folder]:
    path = keep or Path(tempfile.mkdtemp(prefix="hjerteloeber-story-"))
    folder = Folder(path)
    folder.prepare()
    try:
        yield folder
    finally:
        if keep is None:
            shutil.rmtree(path, ignore_errors=True)


async def _run(options: Options, folder: Folder, server: Server) -> int:
    tell = Teller()
    story = asyncio.current_task()
    assert story is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, story.cancel)
    town = town_of(options.seed)
    arrest = arrest_in_town(town, random.Random(f"story {options.seed}"), coarse_land())
    tell(
        f"{town.name}, {town.population:,} people; seed {options.seed}; people answer and walk at pace {options.pace:g}"
    )
    at = parts.choose_addresses(server.dsn(DATABASE), 8000)
    try:
        async with Supervisor(folder.logs, tell) as them:
            centre = await _start(options, folder, server, at, them, town, tell)
            async with aiohttp.ClientSession() as session:
                client = DispatchClient(session, at.api, centre)
                incident = await _play(client, arrest, options, folder, tell)
    except PartFailed as failed:
        tell(str(failed))
        return 1
    except asyncio.CancelledError:
        tell("stopped")
        return 130
    return await _judge(folder, at, arrest, incident, tell, options)


def town_of(seed: int) -> Place:
    """A middling town, another one for another seed."""
    towns = [place for place in shipped.places() if SMALLEST_TOWN <= place.population <= LARGEST_TOWN]
    return random.Random(f"town {seed}").choice(sorted(towns, key=lambda place: place.name))


async def _start(
    options: Options,
    folder: Folder,
    server: Server,
    at: parts.Addresses,
    them: Supervisor,
    town: Place,
    tell: Callable[[str], None],
) -> Any:
    await queries.make_database(server.dsn(), DATABASE, anew=False)
    environment = parts.settings(folder, at)
    await parts.migrate({**os.environ, **environment})
    made = await seeding.fill(
        at.database,
        folder,
        [town],
        volunteers=VOLUNTEERS,
        aeds=AEDS,
        newcomer_count=NEWCOMERS,
        seed=options.seed,
        tell=tell,
    )
    await asyncio.gather(them.start(parts.fcm_server(folder, at)), them.start(parts.sms_server(folder, at)))
    await asyncio.gather(them.start(parts.api(at, environment)), them.start(parts.worker(environment)))
    await them.start(parts.phones(folder, at, options.seed, options.pace, newcomers_every_s=0.1))
    tell(f"processes: {', '.join(f'{name} {running.pid}' for name, running in them.parts.items())}")
    await _newcomers_are_there(folder)
    tell(f"{NEWCOMERS} more signed up from scratch: code by text, name, consents, device, first positions")
    return next(centre for centre in made.centres if centre.region == town.region)


async def _newcomers_are_there(folder: Folder) -> None:
    async with asyncio.timeout(60):
        while True:
            if folder.phones_log.exists():
                notes = read_notes(folder.phones_log)
                if sum(note.what == "ready" for note in notes) >= NEWCOMERS:
                    return
                if trouble := [note for note in notes if note.what == "trouble"]:
                    raise PartFailed(f"the phone {trouble[0].phone} could not sign up: {trouble[0].why}")
            await asyncio.sleep(0.1)


async def _play(client: DispatchClient, arrest: Arrest, options: Options, folder: Folder, tell: Teller) -> Json:
    """Report, follow, stand down; returns the incident, with `reported` and `stood_down` as wall-clock seconds."""
    await client.open_incidents()  # the log-in is not part of the story's first step
    tell(f"the dispatch centre reports a suspected cardiac arrest: {arrest.address}")
    tell.reported = time.time()
    incident = await client.report_arrest(arrest, f"STORY-{options.seed}")
    tell(f"201 Created: incident {incident['id']}, asking: {incident['asking']}")
    followed = [
        asyncio.create_task(_tell_events(client, incident["id"], tell)),
        asyncio.create_task(_tell_rings(folder, len(incident["volunteers"]), tell)),
    ]
    try:
        left_s = AMBULANCE_S / options.pace - (time.time() - tell.reported)
        await asyncio.sleep(max(0.0, left_s))
        tell("the ambulance has arrived: stand-down")
        stopped = await client.stand_down(incident["id"], "ambulance_arrived")
        tell(f"stand-down answered: {stopped}")
        await _phones_know(folder, incident["id"], client)
        tell("every phone knows how it ended")
    finally:
        for each in followed:
            each.cancel()
        await asyncio.gather(*followed, return_exceptions=True)
    return incident | {"reported": tell.reported}


async def _tell_events(client: DispatchClient, incident_id: str, tell: Teller) -> None:
    """The dispatch centre's own stream, event by event."""
    async for event in client.follow(incident_id):
        facts = {key: value for key, value in event.data.get("facts", {}).items() if key not in ("alert", "alerts")}
        facts.pop("candidates_sha256", None)
        told = ", ".join(f"{key} {_short(value)}" for key, value in facts.items())
        tell(f"{event.name.replace('_', ' ')}: {told}", datetime.fromisoformat(event.data["at"]))


async def _tell_rings(folder: Folder, asked: int, tell: Teller) -> None:
    """What the dispatch centre does not see: pushes reaching the provider, and phones that ring."""
    told: set[str] = set()
    while len(told) < 4:
        pushes = [push.at for push in read_pushes(parts.fcm_log(folder)) if push.data.get("what") == "ring"]
        receipts = [n for n in read_notes(folder.phones_log) if n.what == "receipt" and n.status == 200]
        shown = list({note.alert_id: note.at for note in reversed(receipts)}.values())
        for times, what in ((pushes, "FCM has taken"), (shown, "phones have shown")):
            for count, line in ((1, f"{what} the first ring"), (asked, f"{what} all {asked} rings")):
                if len(times) >= count and line not in told:
                    told.add(line)
                    tell(line, sorted(times)[count - 1])
        await asyncio.sleep(0.05)


def _short(value: Any) -> str:
    if isinstance(value, list):
        return f"{value[0]}–{value[-1]}" if value else "none"
    if isinstance(value, dict):
        return ", ".join(f"{key} {count}" for key, count in value.items()) or "nobody"
    return str(value)


async def _phones_know(folder: Folder, incident_id: str, client: DispatchClient) -> None:
    """Until every asked phone has noted the end, or patience is over: then the checks say who did not."""
    asked = len((await client.incident(incident_id))["volunteers"])
    give_up = time.monotonic() + ENDS_WITHIN_S
    while time.monotonic() < give_up:
        notes = read_notes(folder.phones_log)
        if len({note.phone for note in notes if note.what in ("ended", "link_ended")}) >= asked:
            return
        await asyncio.sleep(0.25)


async def _judge(
    folder: Folder, at: parts.Addresses, arrest: Arrest, incident: Json, tell: Teller, options: Options
) -> int:
    tell.reported = None
    evidence = await gather(
        at.database,
        read_ring(folder.data_key.read_bytes()),
        UUID(incident["id"]),
        (arrest.lat, arrest.lon),
        datetime.fromtimestamp(incident["reported"], UTC),
        read_book(folder.book),
        parts.fcm_log(folder),
        folder.phones_log,
    )
    wrong = 0
    for name, check in CHECKS.items():
        found = list(check(evidence))
        wrong += len(found)
        tell(f"{'agree' if not found else 'WRONG'}: {name}")
        for contradiction in found:
            tell(f"       {contradiction}")
    figures = figures_of(evidence, incident)
    if options.as_json:
        sys.stdout.write(msgspec.json.encode(figures).decode() + "\n")
    else:
        tell(", ".join(f"{key} {value}" for key, value in figures.items()))
    return 0 if wrong == 0 else 1


def figures_of(evidence: Evidence, incident: Json) -> dict[str, Any]:
    """The story in one line: times are from the report to the push provider's own note of having it."""
    first_wave = [alert for alert in evidence.alerts if alert.wave == 1]
    rings: dict[str, Push] = {}
    for push in evidence.pushes:
        if push.data.get("what") == "ring":
            rings.setdefault(push.data["alert_id"], push)
    took = [rings[str(a.id)].at.timestamp() - incident["reported"] for a in first_wave if str(a.id) in rings]
    roles = Counter(str(e.facts["role"]) for e in evidence.journal if e.event == "accepted")
    return {
        "incident": incident["id"],
        "alerted": sum(alert.state != "unreachable" for alert in evidence.alerts),
        "first_push_ms": round(min(took) * 1000) if took else None,
        "all_pushes_ms": round(max(took) * 1000) if took else None,
        "accepted": sum(roles.values()),
        "roles": {"aed": roles["aed"], "direct": roles["direct"]},
        "journal": len(evidence.journal),
    }
