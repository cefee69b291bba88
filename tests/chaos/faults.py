"""Every answer a provider can give, and none: whom does an alarm reach, how soon, and what becomes of addresses?"""

import argparse
import asyncio
import contextlib
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from backend.delivery.message import Channel
from backend.demo.embedded_postgres import running_server
from backend.demo.provider_faults import Fault, Faults, Trouble
from backend.demo.queries import make_database
from tests.chaos.proxy import Mode, Weather, running_proxy
from tests.chaos.scene import Scene, Someone, cores, metres_off, scene
from tests.chaos.verdict import Figure, Verdict

ACCEPTED_WITHIN_S = 10.0
SECOND_WITHIN_S = 8.0
REVISED_WITHIN_S = 2.0
STOPPED_WITHIN_S = 2.5
ENOUGH = 0.999
FEW = 3
AT_ONCE = 20  # the policy's, in place everywhere here
RETRY_AFTER_S = 3
ALARMS_A_SECOND = 4  # Denmark has some 15 alarms a day


class Case(msgspec.Struct, frozen=True):
    """What is done to the providers, and what must come of it besides the two figures that every case has."""

    name: str
    push: Faults = msgspec.field(default_factory=Faults)
    text: Faults = msgspec.field(default_factory=Faults)
    incidents: int = 3
    off: Channel | None = None
    weather: Weather | None = None
    settings: dict[str, str] = msgspec.field(default_factory=dict)
    retired: tuple[int, int] = (0, 0)  # at least, at most
    quarantined: int = 0
    unreached: int = 0  # of whom no channel is left: never asked
    by_push: bool = True  # whether pushes come through in the end
    by_text: bool = True
    also: Callable[[Scene], Awaitable[dict[str, Figure]]] | None = None
    """More figures; one called `ok…` that is false fails the case."""


def every(trouble: Trouble, share: float = 1.0, **more: Any) -> Faults:
    return Faults(faults=[Fault(trouble, share=share, **more)])


def for_few(trouble: Trouble) -> Faults:
    """The first few requests, whoever they go to."""
    return Faults(faults=[Fault(trouble, times=FEW)])


async def patience_was_honoured(played: Scene) -> dict[str, Figure]:
    """No second attempt on FCM before the time that the first answer named was over."""
    soonest = await played.value(
        """
        SELECT min(extract(epoch FROM b.started_at - r.ended_at)) FROM delivery.attempt a
        JOIN delivery.attempt_result r ON r.attempt_id = a.id
        JOIN delivery.attempt b ON b.delivery_id = a.delivery_id AND b.fence = a.fence + 1
        WHERE a.provider = 'fcm' AND r.code = 'QUOTA_EXCEEDED'
        """
    )
    return {"soonest_again_s": None if soonest is None else round(float(soonest), 2), "ok_patient": (
        soonest is None or float(soonest) >= RETRY_AFTER_S
    )}  # fmt: skip


async def the_next_were_rung(played: Scene) -> dict[str, Figure]:
    """Whoever no channel accepted was never asked: as many others are, at each incident."""
    fewest = await played.value(
        """
        SELECT min(asked) FROM (
          SELECT count(*) FILTER (WHERE state <> 'unreachable') AS asked FROM alerts.alert GROUP BY incident_id
        ) AS of_each
        """
    )
    never = await played.value("SELECT count(*) FROM alerts.alert WHERE state = 'unreachable'")
    return {"asked_at_least": fewest, "never_asked": never, "ok_never_asked": never == FEW, "ok_replaced": (
        fewest == AT_ONCE
    )}  # fmt: skip


CASES = (
    Case("nothing_wrong"),
    Case("fcm_503_30_percent", push=every(Trouble.UNAVAILABLE, 0.3), incidents=50),
    Case("fcm_500_30_percent", push=every(Trouble.INTERNAL, 0.3), incidents=10),
    Case("fcm_503", push=every(Trouble.UNAVAILABLE), by_push=False),
    Case("fcm_500", push=every(Trouble.INTERNAL), by_push=False),
    Case("fcm_dark_hanging", push=every(Trouble.HANG), incidents=10, by_push=False),
    Case("fcm_dark_resetting", push=every(Trouble.RESET), by_push=False),
    Case("fcm_dark_refusing", settings={"FCM_URL": "http://127.0.0.1:9"}, by_push=False),
    Case("fcm_taken_and_never_answered", push=every(Trouble.LOST)),
    Case(
        "fcm_429_retry_after",
        push=every(Trouble.TOO_MANY, 0.5, retry_after_s=RETRY_AFTER_S),
        also=patience_was_honoured,
    ),
    Case("unregistered_few", push=for_few(Trouble.UNREGISTERED), retired=(FEW, FEW)),
    Case(
        "unregistered_few_without_sms",  # with one incident, text messages are off before it
        push=for_few(Trouble.UNREGISTERED),
        off=Channel.SMS,
        incidents=1,
        retired=(FEW, FEW),
        unreached=FEW,
        by_text=False,
        also=the_next_were_rung,
    ),
    Case("unregistered_all", push=every(Trouble.UNREGISTERED), retired=(0, 5), by_push=False),
    Case("sender_id_mismatch_few", push=for_few(Trouble.OTHER_SENDER), quarantined=FEW),
    Case("invalid_argument_few", push=for_few(Trouble.INVALID)),
    Case("invalid_argument_for_all", push=every(Trouble.INVALID), by_push=False),
    Case("bare_404_for_all", push=every(Trouble.BARE_404), by_push=False),
    Case("unauthenticated_for_all", push=every(Trouble.UNAUTHENTICATED), by_push=False),
    Case("token_endpoint_down", push=Faults(token_endpoint_down=True), by_push=False),
    Case("sms_dark_hanging", text=every(Trouble.HANG), by_text=False),
    Case("sms_503", text=every(Trouble.UNAVAILABLE), by_text=False),
    Case("fcm_off", off=Channel.FCM, by_push=False),
    Case("sms_off", off=Channel.SMS, by_text=False),
    Case("in_app_off", off=Channel.IN_APP),
    Case("proxy_goaway", weather=Weather(close_after=1), incidents=10),
    Case("proxy_100_streams", weather=Weather(at_once=100), incidents=30),
    Case("proxy_delay", weather=Weather(Mode.DELAY, delay_s=0.3)),
    Case("proxy_reset_30_percent", weather=Weather(Mode.RESET, share=0.3), incidents=10),
    Case("proxy_half_open", weather=Weather(Mode.HALF_OPEN), by_push=False),
    Case("proxy_drip", weather=Weather(Mode.DRIP, share=0.5, delay_s=0.02)),
    Case("proxy_truncate", weather=Weather(Mode.TRUNCATE, share=0.5)),
)
AIMED_AT = {"fcm_503_30_percent", "fcm_dark_hanging", "fcm_dark_resetting", "fcm_dark_refusing"}
"""The cases whose figures the issue names."""


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", nargs="*", choices=[case.name for case in CASES], help="some cases instead of all")


async def run(options: argparse.Namespace) -> Verdict:
    verdict = Verdict(chaos="faults", seed=options.seed, figures={"cores": cores()})
    for case in CASES:
        if options.only and case.name not in options.only:
            continue
        with (
            tempfile.TemporaryDirectory(prefix="hjerteloeber-faults-") as folder,
            running_server(None, fast=True) as server,
        ):
            await make_database(server.dsn(), "faults", anew=False)
            found, violations = await play(case, server.dsn("faults"), Path(folder), options.seed)
        add(verdict, case, found, violations)
        _tell(f"{case.name}: {found}")
    return verdict


def add(verdict: Verdict, case: Case, found: dict[str, Figure], violations: list[str]) -> None:
    """One case's part of the verdict: what it promises is judged here."""
    broken = [name for name, value in found.items() if name.startswith("ok_") and not value]
    verdict.violations += [f"{case.name}: {each}" for each in (*violations, *(f"not {name}" for name in broken))]
    verdict.runs += 1
    verdict.incidents += case.incidents
    for name in ("second_channel_max_s", "revised_max_s", "stood_down_max_s"):
        seconds = found.get(name)
        if isinstance(seconds, int | float):
            worst = verdict.worst.get(name.replace("_max_s", "_ms"), 0.0)
            verdict.worst[name.replace("_max_s", "_ms")] = max(worst, round(1000 * seconds, 1))
    if case.name in AIMED_AT:
        verdict.figures[f"{case.name}_accepted_within_10_s"] = found["accepted_within_10_s"]
        verdict.figures[f"{case.name}_second_channel_max_s"] = found["second_channel_max_s"]
    verdict.reached &= not broken


async def play(
    case: Case, dsn: str, folder: Path, seed: int, looks_after_s: float = ACCEPTED_WITHIN_S
) -> tuple[dict[str, Figure], list[str]]:
    """One case from beginning to end, on an empty database: figures and broken promises."""
    crowd = 20 * case.incidents + 40
    async with scene(dsn, folder, seed=seed, crowd=crowd) as played, _worker(played, case, seed):
        incidents = await _alarms(played, case)
        reported_by = datetime.now(UTC)
        await asyncio.sleep(looks_after_s)
        found = await _reached(played, case, reported_by)
        if case.also is not None:
            found |= await case.also(played)
        found |= await _revised(played, case, incidents[0])
        found |= await _stood_down(played, incidents)
        found |= await _addresses(played, case)
        await played.pushes_meet(Faults())
        await played.texts_meet(Faults())
        await played.stop_workers()
        await played.start_worker()  # whatever it was sent to: now to the providers as they are
        found["ok_at_rest"] = await played.at_rest()
        return found, await played.violations()


@contextlib.asynccontextmanager
async def _worker(played: Scene, case: Case, seed: int) -> AsyncIterator[None]:
    """The worker, through a proxy where there is weather. What it needs before it can send at all it gets, or not."""
    async with contextlib.AsyncExitStack() as stack:
        settings = dict(case.settings)
        if case.push.token_endpoint_down:
            await played.pushes_meet(case.push)
        if case.weather is not None:
            host, port = played.at.fcm.removeprefix("http://").split(":")
            proxy = await stack.enter_async_context(running_proxy(host, int(port), seed=seed))
            settings["FCM_URL"] = proxy.url
            proxy.weather = case.weather
        await played.start_worker(**settings)
        stack.push_async_callback(played.stop_workers)
        await asyncio.sleep(1.5)  # its first token, or the lack of one
        await played.pushes_meet(case.push)
        await played.texts_meet(case.text)
        yield


async def _alarms(played: Scene, case: Case) -> list[str]:
    """Some a second; a channel that is to be off is switched off in their midst."""
    begun = []
    for number in range(case.incidents):
        if case.off is not None and number == case.incidents // 2:
            await played.switch(case.off, on=False)
        point = metres_off(300.0 * (number % 6 - 3), 300.0 * (number // 6 - 3))
        begun.append(asyncio.create_task(played.report(f"fault-{number}", *point)))
        await asyncio.sleep(1 / ALARMS_A_SECOND)
    return [str((await each)["id"]) for each in begun]


async def _reached(played: Scene, case: Case, queued_by: datetime) -> dict[str, Figure]:
    """From each ring's queueing to the first acceptance by any provider, and to the second channel's first attempt.

    Whoever was asked later (in somebody's place, or since people were short) has not had the time.
    """
    rows = await played.rows(
        """
        SELECT m.id, min(r.ended_at) FILTER (WHERE r.outcome = 'accepted') - m.created_at AS accepted_in,
               min(t.started_at) FILTER (WHERE t.provider = 'sms') - m.created_at AS second_in,
               coalesce(bool_or(r.outcome = 'accepted' AND t.provider = 'fcm'), false) AS by_push,
               coalesce(bool_or(r.outcome = 'accepted' AND t.provider = 'sms'), false) AS by_text
        FROM delivery.message m JOIN delivery.delivery d ON d.message_id = m.id
        LEFT JOIN delivery.attempt t ON t.delivery_id = d.id
        LEFT JOIN delivery.attempt_result r ON r.attempt_id = t.id
        WHERE m.what = 'ring' AND m.created_at <= $1 GROUP BY m.id, m.created_at
        """,
        queued_by,
    )
    accepted = [row["accepted_in"].total_seconds() for row in rows if row["accepted_in"] is not None]
    second = [row["second_in"].total_seconds() for row in rows if row["second_in"] is not None]
    share = sum(s <= ACCEPTED_WITHIN_S for s in accepted) / (len(rows) - case.unreached)
    found: dict[str, Figure] = {
        "rings": len(rows),
        "accepted_within_10_s": round(share, 4),
        "accepted_max_s": round(max(accepted, default=0.0), 2),
        "second_channel": len(second),
        "second_channel_max_s": round(max(second, default=0.0), 2),
        "by_push": sum(row["by_push"] for row in rows),
        "by_text": sum(row["by_text"] for row in rows),
        "ok_accepted": share >= ENOUGH,
    }
    if case.off is not Channel.SMS:
        found["ok_second_channel"] = len(second) == len(rows) and max(second) <= SECOND_WITHIN_S
    if not case.by_push:
        found["ok_no_push"] = case.off is not None or found["by_push"] == 0
    return found


async def _revised(played: Scene, case: Case, incident_id: str) -> dict[str, Figure]:
    """Five say yes, the place is corrected: by which channels, and how soon? Four show it; the fifth stands out."""
    by_id = played.by_id()
    going = []
    asked = [row for row in await played.alerts(incident_id) if row["state"] != "unreachable"]
    for row in asked[:5]:
        who = by_id[row["volunteer_id"]]
        status, _ = await played.says(who, "accept", row["id"], {"sent_at": datetime.now(UTC).isoformat()})
        if status == 200:
            going.append((who, row["id"]))
    lat, lon = metres_off(-880.0, -880.0)
    better = {"position": {"system": "WGS84", "lat": lat, "lon": lon}, "accuracy_m": 5}
    async with _follows(played, going[0][0]):
        sent = datetime.now(UTC)
        await played.centre.revise(incident_id, better)
        await asyncio.sleep(REVISED_WITHIN_S)
    on_the_stream = await played.value(
        """
        SELECT count(*) FROM delivery.delivery d JOIN delivery.message m ON m.id = d.message_id
        WHERE m.what = 'revision' AND m.subject_id = $1 AND d.channel = 'in_app' AND d.state = 'accepted'
        """,
        going[0][1],
    )
    rows = await played.rows(
        """
        SELECT m.subject_id, d.channel, min(t.started_at) AS started_at
        FROM delivery.message m JOIN delivery.delivery d ON d.message_id = m.id
        LEFT JOIN delivery.attempt t ON t.delivery_id = d.id
        WHERE m.what = 'revision' AND d.channel <> 'in_app' GROUP BY 1, 2
        """
    )
    begun = [(row["started_at"] - sent).total_seconds() for row in rows if row["started_at"] is not None]
    for who, alert_id in going[:-1]:
        now = datetime.now(UTC).isoformat()
        await played.says(who, "receipt", alert_id, {"shown_at": now, "sent_at": now, "channel": "fcm", "revision": 2})
    seen = await played.centre.incident(incident_id)
    ways = {channel for channel in (Channel.FCM, Channel.SMS) if channel is not case.off}
    retired = sum(case.retired) + case.quarantined
    return {
        "revised_max_s": round(max(begun, default=0.0), 2),
        "ok_revised": len(begun) == len(rows) and max(begun, default=99.0) <= REVISED_WITHIN_S,
        "ok_on_all_channels": bool(retired) or {row["channel"] for row in rows} == ways,
        "ok_on_the_stream": on_the_stream == (case.off is not Channel.IN_APP),
        "ok_told_of": {alert_id for _, alert_id in going} <= {row["subject_id"] for row in rows} and len(going) == 5,
        "ok_who_has_not_heard_stands_out": seen["not_told_of_revision"] == 1,
    }


@contextlib.asynccontextmanager
async def _follows(played: Scene, who: Someone) -> AsyncIterator[None]:
    """This volunteer's app is open: its stream is read."""
    url = f"{played.at.api}/mobile/v1/alerts/stream"
    timeout = aiohttp.ClientTimeout(total=None)
    async with played.session.get(url, headers=played.signed_in(who), timeout=timeout) as stream:
        assert stream.status == 200

        async def read() -> None:
            async for _ in stream.content.iter_any():
                pass

        reading = asyncio.create_task(read())
        await asyncio.sleep(0.3)  # the first event is out
        yield
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _stood_down(played: Scene, incident_ids: list[str]) -> dict[str, Figure]:
    """Every incident at once, while providers are as they are."""
    told = await asyncio.gather(*(played.stand_down(incident_id) for incident_id in incident_ids))
    took = [(each.acknowledged_at - each.asked_at).total_seconds() for each in told]
    asked = await played.value("SELECT count(*) FROM alerts.alert WHERE state IN ('withdrawn', 'stood_down')")
    return {
        "stood_down_max_s": round(max(took), 2),
        "stood_down_sent": sum(each.sent for each in told),
        "stood_down_stopped": sum(each.stopped for each in told),
        "stood_down_late": sum(each.late for each in told),
        "ok_stood_down_in_time": max(took) <= STOPPED_WITHIN_S,
        "ok_everybody_counted": sum(each.sent + each.stopped + each.late for each in told) <= asked + len(told) * 5,
    }


async def _addresses(played: Scene, case: Case) -> dict[str, Figure]:
    rows = await played.rows("SELECT health, count(*) AS n FROM volunteers.address GROUP BY health")
    health = {row["health"]: row["n"] for row in rows}
    least, most = case.retired
    return {
        "retired": health.get("retired", 0),
        "quarantined": health.get("quarantined", 0),
        "ok_retired": least <= health.get("retired", 0) <= most,
        "ok_quarantined": health.get("quarantined", 0) == case.quarantined,
    }


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
