"""Coordinates as people read them aloud, copy and type them; and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.addresses.coordinates import How, read

TOWN_HALL = (55.676, 12.568)


@pytest.mark.parametrize(
    ("typed", "how"),
    [
        ("55,676 12,568", How.DEGREES),
        ("55.676, 12.568", How.DEGREES),
        ("55,676, 12,568", How.DEGREES),
        ("55.676,12.568", How.DEGREES),
        ("55,676;12,568", How.DEGREES),
        ("55.676/12.568", How.DEGREES),
        ("  55.676°N 12.568°Ø ", How.DEGREES),
        ("N55.676 E12.568", How.DEGREES),
        ("n55,676ø12,568", How.DEGREES),
        ("E 12.568 N 55.676", How.DEGREES),
        ("55°40.56'N 12°34.08'Ø", How.MINUTES),
        ("55 40,56 12 34,08", How.MINUTES),
        ("N 55° 40.56′, E 12° 34.08′", How.MINUTES),
        ("55°40'33.6\"N 12°34'4.8\"E", How.SECONDS),
        ("55 40 33,6 N, 12 34 4,8 Ø", How.SECONDS),
        ("724334 6175791", How.UTM32),
        ("724334,0 6175791,0", How.UTM32),
        ("N 6175791 E 724334", How.UTM32),
        ("E724334 N6175791", How.UTM32),
        ("Ø 724334, N 6175791", How.UTM32),
        ("32U 724334 6175791", How.UTM32),
        ("UTM 32 724334 6175791", How.UTM32),
    ],
)
def test_they_are_understood(typed: str, how: How) -> None:
    found = read(typed)
    assert found is not None
    assert (found.how, found.swapped) == (how, False)
    assert (found.lat, found.lon) == pytest.approx(TOWN_HALL, abs=2e-5)


def test_the_wrong_way_round_is_turned_and_said() -> None:
    found = read("12,568 55,676")
    assert found is not None
    assert (found.lat, found.lon, found.swapped) == (55.676, 12.568, True)


@pytest.mark.parametrize(
    ("typed", "metres"),
    [
        ("55,7 12,6", 11_120),
        ("55,676 12,568", 111),
        ("55,67612 12,5", 11_120),
        ("55,67612 12,56812", 10),
        ("55 40,5 12 34,0", 185),
        ("55°40'33\" 12°34'05\"", 31),
        ("724334 6175791", 10),
    ],
)
def test_they_are_as_exact_as_the_last_digit_that_was_typed(typed: str, metres: int) -> None:
    found = read(typed)
    assert found is not None
    assert found.accuracy_m == pytest.approx(metres, abs=1)


@pytest.mark.parametrize(
    "typed",
    [
        *("", "55,676", "Nørregade 3", "2100 København", "55 12", "0 0", "48.85 2.35", "Vej 55 12", "12 2100"),
        *("55°70'N 12°34'E", "///tre.små.ord", "N55.676 N12.568", "1e5 2e5", "١٢ ٥٥", "55.676 S 12.568 E"),
    ],
)
def test_what_is_no_place_about_denmark_is_none(typed: str) -> None:
    assert read(typed) is None


@given(st.floats(54.5, 57.8), st.floats(8.0, 15.2), st.sampled_from([".", ","]), st.sampled_from([" ", "; ", ", "]))
def test_what_was_written_down_is_read_again(lat: float, lon: float, mark: str, between: str) -> None:
    found = read(f"{lat:.5f}{between}{lon:.5f}".replace(".", mark))
    assert found is not None
    assert (found.lat, found.lon) == pytest.approx((lat, lon), abs=1e-5)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_answered(typed: str) -> None:
    found = read(typed)
    assert found is None or (53 <= found.lat <= 59 and 6 <= found.lon <= 17)


@pytest.mark.parametrize("typed", ["1" * 400 + "\t" * 400 + ";" * 400, "n" + "5" * 500 + " " * 300 + ";ø" * 200])
def test_keys_that_are_held_down_keep_no_server_busy(typed: str) -> None:
    """Read in every way a pair can be cut, such a text would take hours, and alarms wait behind it."""
    assert read(typed) is None
