"""One-time codes: five minutes, six tries, one use, and not too many."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.foundation.clock import SetClock
from backend.foundation.database import Connection, Database
from backend.identity import codes
from backend.identity.codes import MOST_A_DAY, MOST_AN_HOUR, Issued, TooMany, wait_after
from tests.people.cast import API, NOON, a_phone, some_keys

KEYS = some_keys()
MINUTE = timedelta(minutes=1)


async def issued(connection: Connection, phone: str, now: datetime) -> Issued:
    made = await codes.issue(connection, KEYS, phone, now)
    assert isinstance(made, Issued)
    return made


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


async def test_the_right_code_proves_the_phone_once(database: Database) -> None:
    phone = a_phone()
    async with database.acting_as(API) as connection:
        made = await issued(connection, phone, NOON)
        assert len(made.code) == 6
        assert await codes.check(connection, KEYS, phone, made.code, NOON + MINUTE) == made.id
        assert await codes.check(connection, KEYS, phone, made.code, NOON + MINUTE) is None


async def test_it_proves_no_other_phone(database: Database) -> None:
    async with database.acting_as(API) as connection:
        made = await issued(connection, a_phone(), NOON)
        assert await codes.check(connection, KEYS, a_phone(), made.code, NOON) is None


async def test_it_is_good_for_five_minutes(database: Database) -> None:
    phone = a_phone()
    async with database.acting_as(API) as connection:
        made = await issued(connection, phone, NOON)
        assert made.expires_at == NOON + 5 * MINUTE
        assert await codes.check(connection, KEYS, phone, made.code, NOON + 5 * MINUTE) is None


async def test_after_six_wrong_tries_the_right_one_comes_too_late(database: Database) -> None:
    phone = a_phone()
    async with database.acting_as(API) as connection:
        made = await issued(connection, phone, NOON)
        for _ in range(6):
            assert await codes.check(connection, KEYS, phone, wrong(made.code), NOON) is None
        assert await codes.check(connection, KEYS, phone, made.code, NOON) is None


async def test_the_sixth_try_may_be_the_right_one(database: Database) -> None:
    phone = a_phone()
    async with database.acting_as(API) as connection:
        made = await issued(connection, phone, NOON)
        for _ in range(5):
            await codes.check(connection, KEYS, phone, wrong(made.code), NOON)
        assert await codes.check(connection, KEYS, phone, made.code, NOON) == made.id


async def test_messages_may_overtake_each_other_but_one_success_spends_all(database: Database) -> None:
    phone = a_phone()
    async with database.acting_as(API) as connection:
        first = await issued(connection, phone, NOON)
        second = await issued(connection, phone, NOON + MINUTE)
        assert await codes.check(connection, KEYS, phone, first.code, NOON + 2 * MINUTE) == first.id
        if second.code != first.code:
            assert await codes.check(connection, KEYS, phone, second.code, NOON + 2 * MINUTE) is None


async def test_an_hour_has_six_codes_and_a_day_twelve(database: Database) -> None:
    phone, clock = a_phone(), SetClock(NOON)
    taken = 0
    async with database.acting_as(API) as connection:
        for _ in range(MOST_AN_HOUR):
            await issued(connection, phone, clock.now())
        refused = await codes.issue(connection, KEYS, phone, clock.now())
        assert isinstance(refused, TooMany)
        clock.advance(timedelta(seconds=refused.retry_after_s))
        for _ in range(MOST_A_DAY - MOST_AN_HOUR):
            await issued(connection, phone, clock.now())
            taken += 1
        clock.advance(timedelta(hours=2))
        refused = await codes.issue(connection, KEYS, phone, clock.now())
    assert isinstance(refused, TooMany)
    assert clock.now() + timedelta(seconds=refused.retry_after_s) >= NOON + timedelta(days=1)


@given(st.lists(st.integers(0, 3 * 86_400), min_size=1, max_size=60))
def test_no_hour_ever_holds_more_than_its_codes_and_no_day(asked_at_s: list[int]) -> None:
    granted: list[datetime] = []
    for second in sorted(asked_at_s):
        now = NOON + timedelta(seconds=second)
        if wait_after([at for at in granted if at > now - codes.KEPT], now) <= timedelta(0):
            granted.append(now)
    for at in granted:
        assert len([g for g in granted if at - timedelta(hours=1) < g <= at]) <= MOST_AN_HOUR
        assert len([g for g in granted if at - timedelta(days=1) < g <= at]) <= MOST_A_DAY


async def test_neither_phone_nor_code_stands_in_the_table(database: Database) -> None:
    phone = a_phone()
    async with database.acting_as(API) as connection:
        made = await issued(connection, phone, NOON)
        row = str(await connection.fetchrow("SELECT o.* FROM identity.one_time_code o WHERE id = $1", made.id))
    assert phone not in row
    assert phone.encode().hex() not in row
    assert made.code not in repr(made)
    assert repr(made.code.encode()) not in row


async def test_old_codes_are_forgotten_when_they_count_no_more(database: Database) -> None:
    phone = a_phone()
    async with database.acting_as(API) as connection:
        await issued(connection, phone, NOON)
        assert await codes.remove_old(connection, NOON + timedelta(hours=23)) == 0
        assert await codes.remove_old(connection, NOON + timedelta(hours=25)) == 1
