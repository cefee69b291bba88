"""Only somebody who has not withdrawn can change anything: an access token outlives its owner's leaving by minutes."""

from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId
from backend.foundation.problems import unauthorised
from backend.volunteers import queries


async def hold(connection: Connection, volunteer_id: VolunteerId) -> queries.Account:
    """Lock the volunteer until the transaction ends; raises 401 for one who withdrew."""
    account = await queries.lock_active(connection, volunteer_id)
    if account is None:
        raise unauthorised("This account is no longer there: sign up again.")
    return account
