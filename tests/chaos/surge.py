"""100 incidents in one second around one square, with enough people in reach and with too few; 20 yeses at once."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from backend.demo import parts
from backend.demo.bench_alert import percentile
from backend.demo.embedded_postgres import running_server
from backend.demo.queries import make_database
from tests.chaos.records import read_arrivals
from tests.chaos.scene import Scene, cores, metres_off, scene
from tests.chaos.verdict import Figure, Verdict

STARTED_WITHIN_S = 3.0
ASKED_EACH = 20
ANSWERS_WITHIN_MS = 10.0
GRID_M = 300.0  # apart from each other: nearer ones would be marked as possible duplicates of one arrest


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--incidents", type=int, default=100)
    parser.add_argument("--many", type=int, default=2_400, help="hjerteløbere in reach of the first run")
    parser.add_argument("--few", type=int, default=500, help="and of the second")
    parser.add_argument("--over-s", type=float, default=1.0, help="within how long they are reported")
    parser.add_argument("--durable", action="store_true", help="PostgreSQL with fsync, as in earnest")


async def run(options: argparse.Namespace) -> Verdict:
    verdict = Verdict(chaos="surge", seed=options.seed, figures={"cores": cores()})
    for name, crowd in (("many", options.many), ("few", options.few)):
        with (
            tempfile.TemporaryDirectory(prefix="hjerteloeber-surge-") as folder,
            running_server(None, fast=not options.durable) as server,
        ):
            await make_database(server.dsn(), "surge", anew=False)
            async with scene(
                server.dsn("surge"), Path(folder), seed=options.seed, crowd=crowd, within_m=1_400, aeds=60
            ) as played:
                await played.start_worker()
                found = await twenty_at_once(played) if name == "many" else {}
                found |= await surge(played, options.incidents, options.over_s)
                await played.close_all()
                rested = await played.at_rest()
                violations = await played.violations()
        verdict.violations += [f"{name}: {each}" for each in violations]
        verdict.figures |= {f"{name}_{key}": value for key, value in found.items()}
        verdict.runs += 1
        verdict.incidents += options.incidents
        verdict.reached &= rested and _reached(name, found, options.incidents)
        _tell(f"{name}: {found}")
    verdict.worst = {"many_first_attempt_ms": float(verdict.figures["many_first_attempt_max_ms"] or 0)}
    return verdict


def _reached(name: str, found: dict[str, Figure], incidents: int) -> bool:
    if name == "few":
        return bool(found["shortfall_recorded"]) and found["rung_twice"] == 0
    return (
        found["asked"] == incidents * ASKED_EACH
        and found["untried"] == 0
        and float(found["last_after_first_report_ms"] or 0) <= STARTED_WITHIN_S * 1000
        and found["rung_twice"] == 0
        and bool(found["roles_exact"])
    )


async def surge(
    played: Scene, incidents: int, over_s: float, looks_after_s: float = 2 * STARTED_WITHIN_S
) -> dict[str, Figure]:
    """All reported evenly within `over_s`; then every first attempt is waited for, whoever was asked later too."""
    side = max(1, round(incidents**0.5))
    begin = time.monotonic() + 0.2
    sent: dict[str, datetime] = {}

    async def one(number: int) -> dict[str, Any]:
        await asyncio.sleep(max(0.0, begin + number * over_s / incidents - time.monotonic()))
        point = metres_off((number % side - side / 2) * GRID_M, (number // side - side / 2) * GRID_M)
        sent[f"surge-{number}"] = datetime.now(UTC)
        asked = time.monotonic()
        incident = await played.report(f"surge-{number}", *point)
        return incident | {"answered_ms": 1000 * (time.monotonic() - asked)}

    answers = await asyncio.gather(*(one(number) for number in range(incidents)))
    await asyncio.sleep(looks_after_s)
    rows = await played.rows(
        """
        SELECT i.case_number, a.id, min(t.started_at) AS started_at, count(DISTINCT m.id) AS rings
        FROM alerts.alert a JOIN incidents.incident i ON i.id = a.incident_id
        JOIN delivery.message m ON m.subject_id = a.id AND m.what = 'ring'
        LEFT JOIN delivery.delivery d ON d.message_id = m.id LEFT JOIN delivery.attempt t ON t.delivery_id = d.id
        WHERE i.case_number LIKE 'surge-%' GROUP BY i.case_number, a.id
        """
    )
    waits = [1000 * (r["started_at"] - sent[r["case_number"]]).total_seconds() for r in rows if r["started_at"]]
    first, last = min(sent.values()), max((r["started_at"] for r in rows if r["started_at"]), default=None)
    taken = read_arrivals(parts.fcm_log(played.folder), None)
    rung = Counter(arrival.to for arrival in taken if arrival.what == "ring")
    lacking = await played.rows("SELECT count(*) FILTER (WHERE lacking > 0) AS n FROM incidents.incident")
    passed_over = await played.value(
        "SELECT count(*) FROM selection.candidate WHERE verdict IN ('ringing_elsewhere', 'on_mission_elsewhere')"
    )
    return {
        "asked": len(rows),
        "untried": len(rows) - len(waits),
        "answered_p50_ms": round(percentile([a["answered_ms"] for a in answers], 50), 1),
        "answered_max_ms": round(max(a["answered_ms"] for a in answers), 1),
        "first_attempt_p50_ms": round(percentile(waits, 50), 1),
        "first_attempt_max_ms": round(max(waits), 1),
        "last_after_first_report_ms": round(1000 * (last - first).total_seconds(), 1) if last else None,
        "rung_twice": sum(1 for times in rung.values() if times > 1),
        "short_of_people": int(lacking[0]["n"]),
        "passed_over_as_engaged": int(passed_over),
        "shortfall_recorded": lacking[0]["n"] > 0 and passed_over > 0,
    }


async def twenty_at_once(played: Scene) -> dict[str, Figure]:
    """Everybody asked about one arrest says yes in the same 10 ms: places 1 to 20 once each, each role as often as the
    policy says, and what each was answered is what the database holds."""
    incident = await played.report("twenty")
    by_id = played.by_id()
    alerts = await played.alerts(incident["id"])
    going = [(by_id[row["volunteer_id"]], row["id"]) for row in alerts]
    tokens = [played.signed_in(who) for who, _ in going]
    at = time.monotonic() + 0.5
    fired: list[float] = []

    async def yes(number: int, alert_id: UUID) -> tuple[int, dict[str, Any]]:
        await asyncio.sleep(at - time.monotonic())
        fired.append(time.monotonic())
        body = {"sent_at": datetime.now(UTC).isoformat()}
        url = f"{played.at.api}/mobile/v1/alerts/{alert_id}/accept"
        async with played.session.post(url, json=body, headers=tokens[number]) as answer:
            return answer.status, await answer.json(content_type=None)

    began = time.monotonic()
    answers = await asyncio.gather(*(yes(n, alert_id) for n, (_, alert_id) in enumerate(going)))
    took_ms = 1000 * (time.monotonic() - max(began, at))
    rows = await played.rows(
        "SELECT id, place, role, aed_id FROM alerts.alert WHERE incident_id = $1 AND state = 'accepted' ORDER BY place",
        UUID(incident["id"]),
    )
    roles = {row["id"]: row["role"] for row in rows}
    told = {UUID(body["id"]): body["mission"]["role"] for status, body in answers if status == 200}
    by_role = Counter(row["role"] for row in rows)
    boxes = [row["aed_id"] for row in rows if row["aed_id"]]
    return {
        "twenty_asked": len(going),
        "twenty_accepted": len(rows),
        "twenty_fired_within_ms": round(1000 * (max(fired) - min(fired)), 2),
        "twenty_answered_within_ms": round(took_ms, 1),
        "twenty_aed": by_role["aed"],
        "twenty_direct": by_role["direct"],
        "roles_exact": (
            [row["place"] for row in rows] == list(range(1, len(going) + 1))
            and roles == told
            and by_role["aed"] == min(4, len(going))
            and by_role["direct"] == len(going) - by_role["aed"]
            and len(boxes) == len(set(boxes))
        ),
    }


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
