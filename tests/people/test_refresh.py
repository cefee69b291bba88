"""Refresh tokens: spent for the next one, again where an answer was lost; the use of an older one ends its family."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.foundation.database import Database
from backend.foundation.ids import DeviceId, VolunteerId, without_time
from backend.identity import refresh
from backend.identity.device_proof import Shown
from backend.identity.refresh import LIFETIME, MOST_TRIES, Granted, Refused
from tests.people.cast import API, NOON


def somebody() -> VolunteerId:
    return VolunteerId(without_time())


def some_device() -> DeviceId:
    return DeviceId(without_time())


KEY = "the thumbprint of a device's key"


def proof() -> Shown:
    """Made for one call."""
    return Shown(KEY, without_time().bytes)


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
    """What ought to be true of one log-in. `good`: what was given for `spent` and is not used yet."""

    def __init__(self, device: int, first: str) -> None:
        self.device = device
        self.good, self.spent, self.past = [first], "", list[str]()
        self.tries = 0
        self.alive = True

    @property
    def tokens(self) -> list[str]:
        return [*self.past, *([self.spent] if self.spent else []), *self.good]

    def expects(self, token: str) -> Refused | None:
        if token in self.past:
            return Refused.SPENT
        if not self.alive:
            return Refused.REVOKED
        return Refused.SPENT if token == self.spent and self.tries == MOST_TRIES else None

    def use(self, token: str, given: str) -> None:
        if token == self.spent:
            self.good, self.tries = [*self.good, given], self.tries + 1
        else:
            self.past += [each for each in (self.spent, *self.good) if each and each != token]
            self.good, self.spent, self.tries = [given], token, 1


steps = st.lists(
    st.one_of(
        st.tuples(st.just("begin"), st.integers(0, 1)),
        st.tuples(st.just("use"), st.integers(0, 9), st.integers(0, 9)),
        st.tuples(st.just("use_newest"), st.integers(0, 9), st.just(0)),
        st.tuples(st.just("use_spent"), st.integers(0, 9), st.just(0)),
        st.tuples(st.just("sign_out"), st.integers(0, 1)),
    ),
    max_size=40,
)


def chosen(step: tuple[Any, ...], family: Family) -> str:
    match step[0]:
        case "use_newest":
            return family.good[-1]
        case "use_spent":
            return family.spent or family.good[0]
        case _:
            place: int = step[2] % len(family.tokens)
            return family.tokens[place]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
async def test_whoever_uses_whichever_token_in_whatever_order(database: Database, taken: list[tuple[Any, ...]]) -> None:
    """Good are the token spent last and what was given for it; using an older one ends that family and no other."""
    volunteer, devices = somebody(), [some_device(), some_device()]
    families: list[Family] = []
    async with database.acting_as(API) as connection:
        for step in taken:
            if step[0] == "begin":
                begun = await refresh.begin(connection, volunteer, devices[step[1]], NOON, KEY)
                families.append(Family(step[1], begun.token))
            elif step[0] == "sign_out":
                await refresh.revoke_device(connection, volunteer, devices[step[1]], NOON)
                for family in families:
                    family.alive = family.alive and family.device != step[1]
            elif families:
                family = families[step[1] % len(families)]
                token = chosen(step, family)
                outcome = await refresh.rotate(connection, token, NOON, proof())
                if isinstance(outcome, Granted):
                    assert family.expects(token) is None
                    assert outcome.device_id == devices[family.device]
                    family.use(token, outcome.token)
                else:
                    assert outcome is family.expects(token)
                    family.alive = family.alive and outcome is not Refused.SPENT


async def test_a_phone_whose_answers_are_lost_asks_again_and_of_what_it_was_given_one_goes_on(
    database: Database,
) -> None:
    """Two at once, a third much later: each is answered till one of the tokens is used; then the others are nothing."""
    async with database.acting_as(API) as connection:
        first = await refresh.begin(connection, somebody(), some_device(), NOON, KEY)

    async def use(token: str) -> Granted | Refused:
        async with database.acting_as(API) as connection:
            return await refresh.rotate(connection, token, NOON, proof())

    outcomes = [*await asyncio.gather(use(first.token), use(first.token)), await use(first.token)]
    lost, kept, also_lost = [each.token for each in outcomes if isinstance(each, Granted)]
    goes_on = await use(kept)
    assert isinstance(goes_on, Granted)
    assert await use(lost) is Refused.SPENT
    assert await use(also_lost) is Refused.SPENT
    assert await use(goes_on.token) is Refused.REVOKED


async def test_whoever_repeats_a_proof_they_heard_is_given_nothing_and_ends_nothing(database: Database) -> None:
    async with database.acting_as(API) as connection:
        first = await refresh.begin(connection, somebody(), some_device(), NOON, KEY)
        heard, heard_later = proof(), proof()
        assert isinstance(await refresh.rotate(connection, first.token, NOON, heard), Granted)
        again = await refresh.rotate(connection, first.token, NOON, heard_later)
        assert isinstance(again, Granted)
        assert await refresh.rotate(connection, first.token, NOON, heard) is Refused.REPEATED
        assert await refresh.rotate(connection, first.token, NOON, heard_later) is Refused.REPEATED
        assert isinstance(await refresh.rotate(connection, again.token, NOON, proof()), Granted)


async def test_a_token_bound_to_no_key_is_spent_once(database: Database) -> None:
    """Of a demo's page, and of the machine's own alarm: nothing tells its holder from a thief."""
    async with database.acting_as(API) as connection:
        first = await refresh.begin(connection, somebody(), some_device(), NOON)
        second = await refresh.rotate(connection, first.token, NOON)
        assert isinstance(second, Granted)
        assert await refresh.rotate(connection, first.token, NOON) is Refused.SPENT
        assert await refresh.rotate(connection, second.token, NOON) is Refused.REVOKED


async def test_a_token_of_the_past_ends_nothing_without_the_key(database: Database) -> None:
    async with database.acting_as(API) as connection:
        first = await refresh.begin(connection, somebody(), some_device(), NOON, KEY)
        second = await refresh.rotate(connection, first.token, NOON, proof())
        assert isinstance(second, Granted)
        third = await refresh.rotate(connection, second.token, NOON, proof())
        assert isinstance(third, Granted)
        for shown in (None, Shown("another key", b"1")):
            assert await refresh.rotate(connection, first.token, NOON, shown) is Refused.OTHER_DEVICE
        assert isinstance(await refresh.rotate(connection, third.token, NOON, proof()), Granted)


async def test_however_often_a_phone_renews_its_tokens_two_rows_are_kept(database: Database) -> None:
    """A million phones renew theirs every ten minutes."""
    volunteer = somebody()
    async with database.acting_as(API) as connection:
        newest = await refresh.begin(connection, volunteer, some_device(), NOON, KEY)
        for _ in range(20):
            rotated = await refresh.rotate(connection, newest.token, NOON, proof())
            assert isinstance(rotated, Granted)
            newest = rotated
        rows = await connection.fetchval(
            "SELECT count(*) FROM identity.refresh_token WHERE volunteer_id = $1", volunteer
        )
    assert rows == 2


@pytest.mark.parametrize("token", ["", ".", "x" * 32 + ".x", f"{'5a' * 16}.x", f"{UUID('5a' * 16)}.x", "ø" * 32])
async def test_a_made_up_token_is_nobody_s(database: Database, token: str) -> None:
    async with database.acting_as(API) as connection:
        assert await refresh.rotate(connection, token, NOON, proof()) is Refused.UNKNOWN


async def test_a_phone_silent_for_ninety_days_signs_in_anew(database: Database) -> None:
    async with database.acting_as(API) as connection:
        granted = await refresh.begin(connection, somebody(), some_device(), NOON)
        assert await refresh.rotate(connection, granted.token, NOON + LIFETIME) is Refused.EXPIRED
        assert await refresh.remove_old(connection, NOON + LIFETIME + timedelta(days=1)) == 1
        assert await refresh.rotate(connection, granted.token, NOON) is Refused.UNKNOWN
