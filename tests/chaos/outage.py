"""Nothing goes out for minutes while alarms pile up: by a dead worker, or by providers that hang. And then it does."""

import argparse
import asyncio
import math
import random
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from backend.demo import parts
from backend.demo.embedded_postgres import running_server
from backend.demo.provider_faults import Fault, Faults, Trouble
from backend.demo.queries import make_database
from tests.chaos.records import Arrival, read_arrivals
from tests.chaos.scene import VILLAGE, Scene, cores, metres_off, scene
from tests.chaos.verdict import Figure, Verdict

ALIKE = ("worker", "providers")
FRESH = 5
FRESH_WITHIN_S = 1.0
FRESH_EVERY_S = 1.0
SPREAD_M = 3_000.0
CLOSED_WITHIN_S = 60.0


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--minutes", type=float, default=3.0, help="how long nothing goes out; alarms ring 2 minutes")
    parser.add_argument("--incidents", type=int, default=500, help="reported meanwhile, evenly")
    parser.add_argument("--crowd", type=int, default=10_600, help="hjerteløbere: 20 for each incident, some over")
    parser.add_argument("--of", choices=(*ALIKE, "both"), default="both", help="what is out")
    parser.add_argument("--durable", action="store_true", help="PostgreSQL with fsync, as in earnest")


async def run(options: argparse.Namespace) -> Verdict:
    verdict = Verdict(chaos="outage", seed=options.seed, figures={"cores": cores(), "minutes": options.minutes})
    for of in ALIKE if options.of == "both" else (options.of,):
        with (
            tempfile.TemporaryDirectory(prefix="hjerteloeber-outage-") as folder,
            running_server(None, fast=not options.durable) as server,
        ):
            await make_database(server.dsn(), "outage", anew=False)
            async with scene(
                server.dsn("outage"),
                Path(folder),
                seed=options.seed,
                crowd=options.crowd,
                villagers=FRESH * 20 + 40,
                within_m=SPREAD_M,
            ) as played:
                found = await outage(played, of, options.incidents, 60 * options.minutes, options.seed)
                violations = await played.violations()
                verdict.kills += len(played.records.kills)
        verdict.runs += 1
        verdict.incidents += options.incidents + FRESH
        verdict.violations += [f"{of}: {each}" for each in violations]
        verdict.figures |= {f"{of}_{key}": value for key, value in found.items()}
        verdict.worst[f"{of}_fresh_push_ms"] = float(found["fresh_push_max_ms"] or math.inf)
        verdict.reached &= _reached(found)
        _tell(f"{of}: {found}")
    return verdict


def _reached(found: dict[str, Figure]) -> bool:
    return (
        found["stale_pushes"] == 0
        and float(found["fresh_push_max_ms"] or math.inf) <= FRESH_WITHIN_S * 1000
        and found["fresh_without_a_push"] == 0
        and found["still_ringing_after_their_time"] == 0
    )


async def outage(
    played: Scene, of: str, incidents: int, lasts_s: float, seed: int, fresh_ones: int = FRESH
) -> dict[str, Figure]:
    await played.start_worker()
    await played.report("before")
    await played.at_rest(10)
    await _begin(played, of)
    chance = random.Random(f"outage {seed}")
    began = time.monotonic()
    for number in range(incidents):
        await asyncio.sleep(max(0.0, began + number * lasts_s / incidents - time.monotonic()))
        far, angle = SPREAD_M * math.sqrt(chance.random()), chance.uniform(0, 2 * math.pi)
        await played.report(f"queued-{number}", *metres_off(far * math.cos(angle), far * math.sin(angle)))
    await asyncio.sleep(max(0.0, began + lasts_s - time.monotonic()))
    queued = await played.value("SELECT count(*) FROM delivery.delivery WHERE state = 'queued' AND channel <> 'in_app'")
    recovered = await _end(played, of)
    fresh = [await _fresh(played, number, recovered) for number in range(fresh_ones)]
    answered_s = (datetime.now(UTC) - fresh[-1][1]).total_seconds()
    await _until_pushed(played, [incident for incident, _ in fresh])
    closed = await played.until(
        """
        SELECT NOT EXISTS (
          SELECT 1 FROM alerts.alert WHERE state = 'ringing' AND rings_until < now() - interval '2 s')
        """,
        limit_s=CLOSED_WITHIN_S,
    )
    closed_s = (datetime.now(UTC) - recovered).total_seconds()
    ends = await _ends(played)
    await played.close_all()
    await played.at_rest(150)
    arrivals = _arrivals(played)
    first_pushes = await _first_pushes(played, arrivals, [incident for incident, _ in fresh])
    waits = [1000 * (came - said).total_seconds() for came, (_, said) in zip(first_pushes, fresh, strict=True) if came]
    return {
        "incidents": incidents,
        "queued_at_recovery": int(queued),
        "fresh_push_max_ms": round(max(waits), 1) if waits else None,
        "fresh_push_first_ms": round(waits[0], 1) if waits else None,
        "fresh_last_answered_ms": round(1000 * answered_s, 1),
        "fresh_without_a_push": fresh_ones - len(waits),
        "stale_pushes": await _stale(played, arrivals),
        "still_ringing_after_their_time": 0 if closed else 1,
        "closed_after_s": round(closed_s, 1),
        **{f"alerts_{name}": count for name, count in sorted(ends.items())},
    }


async def _begin(played: Scene, of: str) -> None:
    if of == "worker":
        played.kill_workers()
    else:
        await played.pushes_meet(Faults(faults=[Fault(Trouble.HANG)]))
        await played.texts_meet(Faults(faults=[Fault(Trouble.UNAVAILABLE)]))


async def _end(played: Scene, of: str) -> datetime:
    """When it works again."""
    if of == "worker":
        await played.start_worker()
    else:
        await played.pushes_meet(Faults())
        await played.texts_meet(Faults())
    return datetime.now(UTC)


async def _fresh(played: Scene, number: int, recovered: datetime) -> tuple[str, datetime]:
    """A new alarm where somebody is free, the first at the very moment of recovery; which, and when it was sent off."""
    left = FRESH_EVERY_S * number - (datetime.now(UTC) - recovered).total_seconds()
    await asyncio.sleep(max(0.0, left))
    sent = datetime.now(UTC)
    incident = await played.report(f"fresh-{number}", *metres_off(VILLAGE[0], VILLAGE[1] + 300.0 * number))
    return incident["id"], sent


async def _alerts_of(played: Scene, incident_ids: list[str]) -> list[set[UUID]]:
    return [{row["id"] for row in await played.alerts(incident_id)} for incident_id in incident_ids]


async def _until_pushed(played: Scene, incident_ids: list[str]) -> None:
    """Before they are closed each has had its time: on a busy machine a worker chooses, a while after the answer."""
    give_up = time.monotonic() + CLOSED_WITHIN_S
    while None in await _first_pushes(played, _arrivals(played), incident_ids) and time.monotonic() < give_up:  # noqa: ASYNC110 – another process keeps the record
        await asyncio.sleep(0.5)


def _arrivals(played: Scene) -> list[Arrival]:
    return read_arrivals(parts.fcm_log(played.folder), parts.sms_log(played.folder))


async def _first_pushes(played: Scene, arrivals: list[Arrival], incident_ids: list[str]) -> list[datetime | None]:
    return [_first_push(arrivals, alerts) for alerts in await _alerts_of(played, incident_ids)]


def _first_push(arrivals: list[Arrival], alerts: set[UUID]) -> datetime | None:
    came = [a.arrived_at for a in arrivals if a.provider == "fcm" and a.what == "ring" and a.alert_id in alerts]
    return min(came, default=None)


async def _stale(played: Scene, arrivals: list[Arrival]) -> int:
    """Rings that reached a provider after their time, and what a request takes to get there."""
    ends = {row["id"]: row["expires_at"] for row in await played.rows("SELECT id, expires_at FROM delivery.message")}
    of = {row["id"]: row["message_id"] for row in await played.rows("SELECT id, message_id FROM delivery.delivery")}
    rings = {row["id"] for row in await played.rows("SELECT id FROM delivery.message WHERE what = 'ring'")}
    late = 0
    for arrival in arrivals:
        message = arrival.message_id or of.get(arrival.delivery_id or UUID(int=0))
        late += message in rings and arrival.arrived_at > ends[message] + played.records.in_transit
    return late


async def _ends(played: Scene) -> Counter[str]:
    rows = await played.rows("SELECT state, reason, count(*) AS n FROM alerts.alert GROUP BY 1, 2")
    return Counter({f"{row['state']}_{row['reason']}" if row["reason"] else row["state"]: row["n"] for row in rows})


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
