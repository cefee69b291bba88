"""How long finding an address takes among as many as the country has: `python -m tests.console.bench_addresses`.

Made-up addresses, imported through a file's lines as `hjerteloeber import addresses` does; then what is typed letter by
letter. Printed: the import, and p50, p95 and the slowest search in one connection. The aim is 50 ms.
"""

import asyncio
import random
import sys
import time
from datetime import UTC, datetime
from itertools import islice

from backend.addresses.address_file import Listed, Reading
from backend.addresses.import_addresses import import_addresses
from backend.addresses.made_up import addresses, as_csv
from backend.addresses.search import search
from backend.demo.embedded_postgres import running_server
from backend.foundation.database import Connection, connect
from backend.foundation.migrations import migrate
from backend.regions import shipped

AIM_MS = 50
SEED = 7


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def typed_by_people(some: list[Listed]) -> list[str]:
    """Each as several people type it, and every beginning of one of these from two letters on."""
    chance, typed = random.Random(SEED), []
    for each in some:
        house = f"{each.street} {each.number}{each.letter}"
        inside = f", {each.floor}. {each.door}" if each.floor else ""
        ways = [
            f"{house}{inside}, {each.postcode} {each.place}",
            f"{house.lower()} {each.place.lower()}",
            house.lower().replace("ø", "oe").replace("æ", "ae").replace("å", "aa"),
            f"{each.postcode} {each.street}",
        ]
        typed += ways
        whole = chance.choice(ways)
        typed += [whole[:end] for end in range(2, len(whole))]
    return typed


async def found_at_all(connection: Connection, some: list[Listed]) -> int:
    """Of addresses typed whole, how many are among the first nine hits."""
    found = 0
    for each in some:
        inside = f", {each.floor}. {each.door}" if each.floor else ""
        whole = f"{each.street} {each.number}{each.letter}{inside}, {each.postcode} {each.place}"
        hits = await search(connection, whole)
        found += any(abs(hit.lat - each.lat) < 1e-5 and abs(hit.lon - each.lon) < 1e-5 for hit in hits)
    return found


async def bench(dsn: str, number: int) -> None:
    await migrate(dsn)
    connection = await connect(dsn)
    began = time.perf_counter()
    async with connection.transaction():
        reading = Reading(as_csv(addresses(shipped.places(), number, SEED)))
        done = await import_addresses(connection, reading.batches(), "made up", datetime.now(UTC))
    took = time.perf_counter() - began
    tell(f"import: {done.addresses:,} addresses on {done.streets:,} streets in {took:.0f} s")
    step = max(number // 60, 1)
    some = list(islice(addresses(shipped.places(), number, SEED), 0, None, step))
    took_ms: list[tuple[float, str]] = []
    for text in typed_by_people(some):
        began = time.perf_counter()
        await search(connection, text, ("0101",))
        took_ms.append(((time.perf_counter() - began) * 1000, text))
    took_ms.sort()
    p50, p95 = took_ms[len(took_ms) // 2][0], took_ms[int(len(took_ms) * 0.95)][0]
    verdict = "holds" if p95 <= AIM_MS else "does not hold"
    tell(f"search: {len(took_ms):,} texts, p50 {p50:.1f} ms, p95 {p95:.1f} ms, aim p95 ≤ {AIM_MS} ms: {verdict}")
    tell("slowest: " + "; ".join(f"{ms:.0f} ms {text!r}" for ms, text in took_ms[-3:]))
    tell(f"found: {await found_at_all(connection, some)} of {len(some)} typed whole")
    await connection.close()


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 2_700_000
    with running_server(None, fast=True) as server:
        asyncio.run(bench(server.dsn(), number))


if __name__ == "__main__":
    main()
