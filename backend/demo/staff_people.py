"""Who works at the demo's dispatch centre, and signs in to its console at the local provider."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import msgspec

from backend.foundation.database import Actor, Connection, Role, connect
from backend.foundation.ids import CentreId
from backend.identity import queries_staff as queries
from backend.identity.staff import Granted, Staff, StaffId, StaffRole
from backend.regions.queries import centre_by_code

CENTRE = "amk-hovedstaden"
CLIENT_ID = "hjerteloeber-demo-konsol"


class LogIn(msgspec.Struct, frozen=True):
    """Somebody by the name that is typed at the provider."""

    user: str
    called: str
    role: StaffRole

    @property
    def email(self) -> str:
        return f"{self.user}@amk.example"


LOG_INS = (
    LogIn("visitator", "Vera Prøvesen", StaffRole.VISITATOR),
    LogIn("vagthavende", "Vagn Demosen", StaffRole.VAGTHAVENDE),
    LogIn("amk-laege", "Dorte Testrup", StaffRole.AMK_LAEGE),
    LogIn("drift", "Mads Eksempel", StaffRole.DRIFTSANSVARLIG),
)
CLAIMS = tuple({"sub": each.user, "email": each.email, "email_verified": True, "name": each.called} for each in LOG_INS)


def settings(issuer: str, secret: Path) -> dict[str, str]:
    """Of the API, so that the console signs people in there. The local provider takes no client without a secret."""
    return {
        "HJERTELOEBER_STAFF_OIDC_ISSUER": issuer,
        "HJERTELOEBER_STAFF_OIDC_CLIENT_ID": CLIENT_ID,
        "HJERTELOEBER_STAFF_OIDC_CLIENT_SECRET_FILE": str(secret),
    }


async def let_in(dsn: str) -> None:
    """At every start: whoever signed in is bound to a provider's address, and that may be another one now."""
    connection = await connect(dsn)
    try:
        async with connection.transaction():
            await _let_in(connection, datetime.now(UTC))
    finally:
        await connection.close()


async def _let_in(connection: Connection, now: datetime) -> None:
    await connection.execute("SELECT set_config('role', $1, true)", Actor(Role.OWNER).role.value)
    centre = await centre_by_code(connection, CENTRE, now)
    for each in LOG_INS:
        staff = Staff(StaffId(uuid4()), each.email, each.called)
        if await queries.insert_staff(connection, staff, now):
            place = None if centre is None else CentreId(centre.id)
            await queries.insert_role(connection, staff.id, Granted(uuid4(), each.role, place, now, None))
        known = await queries.staff_by_email(connection, each.email)
        assert known is not None
        await queries.unbind(connection, known.id)
