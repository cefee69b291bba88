"""What a dispatch system says of a place that others have corrected: laws of putting the two together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.incidents.incident import Address, Place
from backend.incidents.words import Words, contradicts, is_same_point, reconciled, stood_after
from tests.alarm.cast import SQUARE, metres_east

addresses = st.builds(
    lambda text, code: Address(text=text, door_code=code),
    st.sampled_from(["Torvet 3", "Havnen 8", "Kirken 1", None]),
    st.sampled_from([None, "1234"]),
)
places = st.builds(
    lambda metres, radius_m, address: Place(*metres_east(metres), radius_m, address),
    st.sampled_from([0, 40, 760, 800]),
    st.sampled_from([None, 5.0, 15.0]),
    addresses,
)
words = st.builds(Words, places, places)
TORVET, HAVNEN = Address(text="Torvet 3"), Address(text="Havnen 8", door_code="1234")
HERE, THERE = Place(*SQUARE, 15, TORVET), Place(*metres_east(800), 10, HAVNEN)
TOLD = Words(HERE, HERE)


def at(metres: int, address: Address) -> Place:
    return Place(*metres_east(metres), 15, address)


@given(stands=places, last=words)
def test_what_is_said_again_changes_nothing(stands: Place, last: Words) -> None:
    assert reconciled(stands, last, last.place) == stands


@given(last=places, said=places)
def test_where_nobody_corrected_anything_the_system_is_believed(last: Place, said: Place) -> None:
    assert reconciled(last, Words(last, last), said) == said


@given(stands=places, last=words, said=places)
def test_a_new_point_and_a_new_street_are_never_lost(stands: Place, last: Words, said: Place) -> None:
    """A newer place that is not listened to is worse than an old one that comes back."""
    found = reconciled(stands, last, said)
    assert is_same_point(found, said) or is_same_point(said, last.place)
    assert found.address.text == said.address.text or said.address.text in (None, last.place.address.text)


@given(stands=places, last=words, said=places)
def test_an_address_alone_moves_nobody(stands: Place, last: Words, said: Place) -> None:
    found = reconciled(stands, last, said)
    assert is_same_point(found, stands) or not is_same_point(said, last.place)


@given(stands=places, last=words, said=places, more=places)
def test_a_system_that_was_not_listened_to_corrects_nobody_by_going_on(
    stands: Place, last: Words, said: Place, more: Place
) -> None:
    """What others corrected stays theirs, however often the system changes a detail of the street it believes in."""
    first = reconciled(stands, last, said)
    after = Words(said, stood_after(first, last, said))
    again = Place(said.lat, said.lon, said.accuracy_m, Address(text=said.address.text, floor=more.address.door_code))
    if first.address.text not in (said.address.text, last.stood.address.text):
        assert reconciled(first, after, again).address == first.address


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (at(0, Address(text="Torvet 3", door_code="9")), THERE),
        (at(0, Address(text="Havnen 8", floor="2")), at(800, Address(text="Havnen 8", door_code="1234", floor="2"))),
        (at(0, Address(text="Kirken 1")), at(800, Address(text="Kirken 1"))),
        (at(40, TORVET), at(40, TORVET)),
        (at(760, TORVET), at(760, HAVNEN)),
        (at(760, Address()), at(760, HAVNEN)),
        (at(800, TORVET), at(800, HAVNEN)),
        (at(40, Address(text="Kirken 1")), at(40, Address(text="Kirken 1"))),
    ],
    ids=[
        "a code of the street that was corrected",
        "the street of the correction, and its floor",
        "a third street",
        "a point near its own old one",
        "a point near the correction, with the old street",
        "a point near the correction, and no street at all",
        "the very point of the correction, with the old street",
        "all anew",
    ],
)
def test_what_becomes_of_a_report_where_point_and_street_were_corrected(said: Place, found: Place) -> None:
    stands = reconciled(THERE, TOLD, said)
    assert (stands.lat, stands.lon, stands.address) == (found.lat, found.lon, found.address)


def test_a_code_that_was_added_outlives_a_better_point() -> None:
    with_code = Place(*SQUARE, 15, Address(text="Torvet 3", door_code="1234"))
    assert reconciled(with_code, TOLD, at(40, TORVET)) == at(40, with_code.address)
    assert reconciled(with_code, TOLD, at(800, Address())) == at(800, with_code.address)


def test_a_code_at_the_door_or_a_few_metres_contradict_nobody() -> None:
    assert not contradicts(HERE, Place(*metres_east(10), 5, Address(text="Torvet 3", door_code="1234")))
    assert not contradicts(Place(*SQUARE, None, Address()), Place(*metres_east(10), 5, TORVET))
    assert contradicts(HERE, at(40, TORVET))
    assert contradicts(HERE, Place(*SQUARE, 15, HAVNEN))
    assert contradicts(at(0, Address(text="Torvet 3", floor="1")), at(0, Address(text="Torvet 3", floor="3")))
