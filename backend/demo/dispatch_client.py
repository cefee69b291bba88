"""The demo's dispatch centres: the reference client, and how a made-up arrest is reported with it."""

from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import msgspec

from backend.conform.reference_client import RETRY_FOR_S, DispatchSystem, Json, stamp
from backend.demo.denmark import Arrest
from backend.demo.folder import Centre


class DispatchClient(DispatchSystem):
    """One centre's log-in."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, centre: Centre, *, retry_for_s: float = RETRY_FOR_S
    ) -> None:
        super().__init__(session, url, centre.client_id, centre.private_key, retry_for_s=retry_for_s)
        self.centre_name = centre.name
        self.region = centre.region

    async def report_arrest(self, arrest: Arrest, case_number: str) -> Json:
        """Report it as recognised this moment. Raises Refused, or OSError when nobody answers."""
        now = stamp(datetime.now(UTC))
        return await self.report(
            {
                "case_number": case_number,
                "position": {"system": "WGS84", "lat": arrest.lat, "lon": arrest.lon},
                "accuracy_m": 20,
                "address": {
                    "text": arrest.address,
                    "floor": arrest.floor,
                    "door": arrest.door,
                    "door_code": arrest.door_code,
                },
                "circumstances": [],
                "call_received_at": now,
                "recognised_at": now,
            }
        )


def read_centres(path: Path) -> list[Centre]:
    return msgspec.json.decode(path.read_bytes(), type=list[Centre])
