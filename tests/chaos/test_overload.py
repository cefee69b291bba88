"""A short part of `python -m tests.chaos overload`: whether everything comes as it should, not how fast."""

import asyncio
from collections import Counter

import aiohttp

from backend.demo import seeding
from backend.demo.bench_alert import Ear, measure_one
from backend.demo.denmark import arrests
from backend.demo.dispatch_client import DispatchClient
from backend.demo.land import coarse_land
from backend.identity.keys import keys_from
from backend.regions import shipped
from tests.chaos.flood import Flood, phones
from tests.chaos.overload import shed_by
from tests.harness.running import Service

SEED, VOLUNTEERS = 7, 1_500


async def test_under_a_flood_of_positions_reports_are_answered_pushes_go_out_and_what_was_shed_is_counted(
    whole_service: Service,
) -> None:
    folder, places = whole_service.folder, shipped.places()
    made = await seeding.fill(
        whole_service.dsn,
        folder,
        places,
        volunteers=VOLUNTEERS,
        aeds=100,
        newcomer_count=0,
        seed=SEED,
        tell=lambda _line: None,
    )
    keys = keys_from(folder.signing_key.read_bytes(), folder.phone_hash_key.read_bytes())
    flood = Flood(whole_service.url, phones(VOLUNTEERS, SEED, 200), keys, rate=1_000, most=50, seed=SEED)
    enough, ear = asyncio.Event(), Ear()
    async with aiohttp.ClientSession() as session:
        clients = {c.region: DispatchClient(session, whole_service.url, c, retry_for_s=0) for c in made.centres}
        listening = asyncio.create_task(ear.listen(session, f"{whole_service.fcm}/device/stream"))
        pouring = asyncio.create_task(flood.pour(enough))
        happening = arrests(places, f"overload {SEED}", coarse_land())
        alarms = []
        for number in range(5):
            arrest = next(happening)  # a refusal of its report would be raised here: nothing is sent again
            alarms.append(await measure_one(clients[arrest.region], arrest, f"CASE-{number}", ear))
        enough.set()
        await pouring
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        shed = Counter(await shed_by(session, [whole_service.url]))
    flood.hang_up()

    assert [alarm.pushed for alarm in alarms] == [alarm.asked for alarm in alarms]
    assert sum(alarm.asked for alarm in alarms) > 0
    answered = {status: count for status, count in flood.counts.items() if status.isdigit() or status == "lost"}
    assert answered.keys() == {"200", "503"}
    assert shed == {"positions": answered["503"]}
