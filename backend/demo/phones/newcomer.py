"""Somebody new: who they say they are, and what their phone tells the server first."""

import random
from datetime import UTC, datetime

from backend.demo.phones.account import Account
from backend.demo.phones.notebook import Notebook
from backend.demo.phones.walk import Point

FIRST_NAMES = ("Anna", "Bo", "Clara", "Ditte", "Emil", "Freja", "Gustav", "Hanne", "Ida", "Jens", "Karen", "Lars")
LAST_NAMES = ("Prøvesen", "Demosen", "Eksempel", "Testrup", "Modelgaard")  # plainly made up
TRAININGS = ("first_aid", "hlr", "hlr_and_aed", "health_professional")
CONSENT_VERSION = "1"
STREET_M = 0.00001  # about a metre, in degrees


def person(seed: int, phone: str) -> dict[str, object]:
    """The body of a sign-up, without the device."""
    draw = random.Random(f"person {seed} {phone}")
    return {
        "name": f"{draw.choice(FIRST_NAMES)} {draw.choice(LAST_NAMES)}",
        "birth_year": datetime.now(UTC).year - draw.randint(20, 70),
        "training": draw.choice(TRAININGS),
        "languages": ["da", "en"],
        "consents": [{"purpose": purpose, "version": CONSENT_VERSION} for purpose in ("alarms", "location")],
    }


async def bring_along(account: Account, notebook: Notebook, seed: int) -> None:
    """The device, a batch of positions as phones really send them (a gap, a repeat, unknown accuracy), a heartbeat."""
    entry = account.entry
    draw = random.Random(f"walk {seed} {entry.phone}")
    device = await account.tell_device()
    notebook.note(entry.phone, "device", status=device.status)

    def near(metres: float) -> Point:
        return Point(
            entry.lat + draw.uniform(-metres, metres) * STREET_M, entry.lon + draw.uniform(-metres, metres) * STREET_M
        )

    batch = [(near(400), None, 5400.0), (near(200), 65.0, 900.0), (near(200), 65.0, 900.0), (entry.lies_at, 15.0, 2.0)]
    if draw.random() < 0.5:
        batch.reverse()
    await account.tell_positions(batch)
    here = await account.still_here()
    readiness = await account.call("GET", "/mobile/v1/readiness")
    notebook.note(entry.phone, "ready", still_here=here.status, readiness=readiness.status)
