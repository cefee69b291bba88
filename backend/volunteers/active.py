"""Who can change anything: an access token outlives its owner's erasure by minutes."""

from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId
from backend.foundation.problems import Problem, unauthorised
from backend.volunteers import queries
from backend.volunteers.volunteer import State


async def hold(connection: Connection, volunteer_id: VolunteerId) -> queries.Held:
    """Lock the volunteer until the transaction ends; raises 401 for one who was erased, 409 for one who withdrew."""
    held = await hold_present(connection, volunteer_id)
    if held.state is State.WITHDRAWN:
        raise Problem(
            409, "withdrawn", "You have withdrawn", "Take it back first: POST /mobile/v1/me/withdrawal/take-back."
        )
    return held


async def hold_present(connection: Connection, volunteer_id: VolunteerId) -> queries.Held:
    """As :func:`hold`, for what somebody may do who withdrew and is not erased yet: see, sign in, take it back."""
    held = await queries.lock_present(connection, volunteer_id)
    if held is None:
        raise unauthorised("This account is no longer there: sign up again.")
    return held
