"""Refresh tokens: one use each, and the second use of one ends its family."""

import asyncio
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.foundation.database import Database
from backend.foundation.ids import DeviceId, VolunteerId, without_time
from backend.identity import refresh
from backend.identity.refresh import LIFETIME, Granted, Refused
from tests.people.cast import API, NOON


def somebody() -> VolunteerId:
    return VolunteerId(without_time())


def some_device() -> DeviceId:
    return DeviceId(without_time())


async def test_a_token_is_spent_for_the_next_one_of_the_same_device(database: Database) -> None:
    volunteer, device = somebody(), some_device()
    async with database.acting_as(API) as connection:
        first = await refresh.begin(connection, volunteer, device, NOON)
        second = await refresh.rotate(connection, first.token, NOON)
    assert isinstance(second, Granted)
    assert second.token != first.token
    assert (second.volunteer_id, second.device_id) == (volunteer, device)


async def test_the_database_keeps_no_token(database: Database) -> None:
    async with database.acting_as(API) as connection:
        granted = await refresh.begin(connection, somebody(), some_device(), NOON)
        rows = str(await connection.fetch("SELECT t.* FROM identity.refresh_token t"))
    assert granted.token not in rows
    assert granted.token not in repr(granted)


class Family:
    """What ought to be true of one log-in."""

    def __init__(self, first: str) -> None:
        self.tokens = [first]
        self.alive = True


steps = st.lists(
    st.one_of(
        st.tuples(st.just("begin"), st.integers(0, 1)),
        st.tuples(st.just("use"), st.integers(0, 9), st.integers(0, 9)),
        st.tuples(st.just("use_newest"), st.integers(0, 9)),
        st.tuples(st.just("sign_out"), st.integers(0, 1)),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
async def test_whoever_uses_whichever_token_in_whatever_order(database: Database, taken: list[tuple[Any, ...]]) -> None:
    """Only the newest token of a living family is good; using an older one ends that family and no other."""
    volunteer, devices = somebody(), [some_device(), some_device()]
    families: list[tuple[int, Family]] = []
    async with database.acting_as(API) as connection:
        for step in taken:
            if step[0] == "begin":
                begun = await refresh.begin(connection, volunteer, devices[step[1]], NOON)
                families.append((step[1], Family(begun.token)))
            elif step[0] == "sign_out":
                await refresh.revoke_device(connection, volunteer, devices[step[1]], NOON)
                for device, family in families:
                    family.alive = family.alive and device != step[1]
            elif families:
                device, family = families[step[1] % len(families)]
                place = len(family.tokens) - 1 if step[0] == "use_newest" else step[2] % len(family.tokens)
                outcome = await refresh.rotate(connection, family.tokens[place], NOON)
                if place < len(family.tokens) - 1:
                    assert outcome is Refused.SPENT
                    family.alive = False
                elif family.alive:
                    assert isinstance(outcome, Granted)
                    assert outcome.device_id == devices[device]
                    family.tokens.append(outcome.token)
                else:
                    assert outcome is Refused.REVOKED


async def test_of_two_uses_at_once_one_wins_and_then_nobody_has_anything(database: Database) -> None:
    async with database.acting_as(API) as connection:
        first = await refresh.begin(connection, somebody(), some_device(), NOON)

    async def use(token: str) -> Granted | Refused:
        async with database.acting_as(API) as connection:
            return await refresh.rotate(connection, token, NOON)

    outcomes = await asyncio.gather(use(first.token), use(first.token))
    granted = [each for each in outcomes if isinstance(each, Granted)]
    assert len(granted) == 1
    assert Refused.SPENT in outcomes
    assert await use(granted[0].token) is Refused.REVOKED


async def test_a_phone_silent_for_ninety_days_signs_in_anew(database: Database) -> None:
    async with database.acting_as(API) as connection:
        granted = await refresh.begin(connection, somebody(), some_device(), NOON)
        assert await refresh.rotate(connection, granted.token, NOON + LIFETIME) is Refused.EXPIRED
        assert await refresh.remove_old(connection, NOON + LIFETIME + timedelta(days=1)) == 1
        assert await refresh.rotate(connection, granted.token, NOON) is Refused.UNKNOWN
