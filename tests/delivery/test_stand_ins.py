"""What stands in for the providers adds nothing of its own to what is measured with it."""

import gc
from datetime import UTC, datetime
from pathlib import Path

from backend.demo.provider_log import ProviderLog


async def test_what_a_stand_in_has_accepted_is_nothing_python_s_collector_looks_through(tmp_path: Path) -> None:
    """Of 200,000 messages as dictionaries it stopped everything for a third of a second, and whoever was rung then."""
    log = ProviderLog(tmp_path / "accepted.jsonl")
    message = {"to": "a phone", "data": {"what": "ring", "kind": "live"}}

    for _ in range(3):
        await log.accept(datetime.now(UTC), message)

    kept = log.since(0)
    assert not [entry for entry in kept if gc.is_tracked(entry) or gc.is_tracked(entry.flat)]
    assert [entry.message for entry in kept] == [message] * 3
    assert (tmp_path / "accepted.jsonl").read_bytes().splitlines() == [entry.flat for entry in kept]
    log.close()
