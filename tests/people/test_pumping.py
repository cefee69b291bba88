"""Pumping stays under the cap while real people sign in: a tenth of `python -m tests.people.pumping`, and the rules."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.foundation.settings import WrongSettings, read_settings
from backend.identity.caps import Asked, Caps, Held, held, network_bucket, read_prices
from backend.identity.queries_caps import Counted, Spent
from tests.people.cast import settings_in, some_keys
from tests.people.pumping import whole

CAPS = Caps(network=300, ore_an_hour=175_000, ore_a_day=1_000_000, prices={"45": 35, "46": 60})
NOTHING = Spent(0, 0, 0)
KEYS = some_keys()


async def test_a_tenth_of_the_flood_stays_under_a_tenth_of_the_cap_and_everybody_real_gets_in(
    tmp_path: Path, database_dsn: str
) -> None:
    settings = msgspec.structs.replace(settings_in(tmp_path, database_dsn), code_ore_an_hour=17_500)
    found = await whole(tmp_path, database_dsn, 1000, 50, settings)
    assert found.holds, found
    assert set(found.answers) == {202, 303}, "nobody hears that anything was held back"
    assert found.sent < 500
    assert found.real_people == 48


def asked(*, proven: bool = False, abroad: bool = False, price: int = 35) -> Asked:
    return Asked(b"n" * 32, price, proven, abroad)


spent = st.builds(Spent, st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
counts = st.builds(Counted, spent, spent, st.integers(0, 500), st.integers(0, 10**4))


@given(counts, st.booleans(), st.booleans(), st.integers(1, 500))
def test_no_code_is_sent_beyond_the_money_of_an_hour_or_a_day(
    counted: Counted, proven: bool, abroad: bool, price: int
) -> None:
    if held(counted, CAPS, asked(proven=proven, abroad=abroad, price=price)) is None:
        assert counted.hour.proven + counted.hour.unproven + price <= CAPS.ore_an_hour
        assert counted.day.proven + counted.day.unproven + price <= CAPS.ore_a_day


@given(st.integers(0, 500), st.integers(0, 10**4))
def test_whatever_new_numbers_spent_who_has_proven_a_number_is_sent_a_code(network: int, all_owe: int) -> None:
    most = Spent(0, int(CAPS.ore_an_hour * 0.6), 0)
    assert held(Counted(most, most, network, all_owe), CAPS, asked(proven=True)) is None
    assert held(Counted(most, most, network, all_owe), CAPS, asked()) is Held.SPEND


def test_when_all_owe_much_a_quiet_network_is_served_and_no_other() -> None:
    much = 10_000
    assert held(Counted(NOTHING, NOTHING, 2, much), CAPS, asked()) is None
    assert held(Counted(NOTHING, NOTHING, 3, much), CAPS, asked()) is Held.ALL
    assert held(Counted(NOTHING, NOTHING, 299, 299), CAPS, asked()) is None, "a barracks, while nobody pumps"
    assert held(Counted(NOTHING, NOTHING, 300, 300), CAPS, asked()) is Held.NETWORK


def test_numbers_of_other_countries_have_a_tenth_of_the_money() -> None:
    tenth = Spent(0, 17_480, 17_480)
    assert held(Counted(tenth, tenth, 0, 0), CAPS, asked(abroad=True, price=60)) is Held.SPEND
    assert held(Counted(tenth, tenth, 0, 0), CAPS, asked()) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.254", True),
        ("192.0.2.1", "192.0.3.1", False),
        ("::ffff:192.0.2.1", "192.0.2.9", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("testclient", "", True),
    ],
)
def test_a_network_is_a_24_or_a_64(one: str, other: str, same: bool) -> None:
    assert (network_bucket(KEYS, one) == network_bucket(KEYS, other)) == same
    assert one.encode() not in network_bucket(KEYS, one)


@pytest.mark.parametrize(("phone", "price"), [("+4520123456", 35), ("+46701740605", 60), ("+4915112345678", None)])
def test_a_number_costs_what_its_country_costs(phone: str, price: int | None) -> None:
    assert CAPS.price_of(phone) == price
    assert read_prices("45=35 46=60") == dict(CAPS.prices)


@pytest.mark.parametrize("text", ["", "45", "45=", "DK=35", "45=35,46=60", "45=-1"])
def test_prices_that_cannot_be_read_are_told_at_the_start(text: str) -> None:
    with pytest.raises(WrongSettings, match="CODE_PRICES_ORE"):
        read_settings({"HJERTELOEBER_CODE_PRICES_ORE": text})
