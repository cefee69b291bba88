"""What a dispatch system says of a place that others have corrected: laws of putting the two together."""

from hypothesis import given
from hypothesis import strategies as st

from backend.incidents.incident import Address, Place
from backend.incidents.words import contradicts, is_same_point, reconciled
from tests.alarm.cast import SQUARE, metres_east

addresses = st.sampled_from(["Torvet 3", "Havnen 8", "Kirken 1", None]).map(lambda text: Address(text=text))
places = st.builds(
    lambda metres, radius_m, address: Place(*metres_east(metres), radius_m, address),
    st.sampled_from([0, 40, 800]),
    st.sampled_from([None, 5.0, 15.0]),
    addresses,
)


def put_together(stands: Place, last: Place, said: Place) -> Place:
    """As of a report."""
    moved, readdressed = not is_same_point(said, last), said.address != last.address
    return reconciled(stands, last, said, moved=moved, readdressed=readdressed)


@given(stands=places, last=places)
def test_what_is_said_again_changes_nothing(stands: Place, last: Place) -> None:
    assert put_together(stands, last, last) == stands


@given(last=places, said=places)
def test_where_nobody_corrected_anything_the_system_is_believed(last: Place, said: Place) -> None:
    assert put_together(last, last, said) == said


@given(stands=places, last=places, said=places)
def test_point_and_address_are_of_one_picture_unless_each_was_changed_by_one_alone(
    stands: Place, last: Place, said: Place
) -> None:
    found = put_together(stands, last, said)
    if found in (stands, said):
        return
    of_system = is_same_point(found, said) and found.address == stands.address
    assert of_system or (is_same_point(found, stands) and found.address == said.address)
    assert is_same_point(stands, last) or stands.address == last.address, "others changed one of the two alone"


@given(stands=places, last=places, said=places)
def test_what_the_system_changed_is_never_lost(stands: Place, last: Place, said: Place) -> None:
    """A newer place that is not listened to is worse than an old one that comes back."""
    found = put_together(stands, last, said)
    assert is_same_point(found, said) or is_same_point(said, last)
    assert found.address == said.address or said.address == last.address


def test_a_code_at_the_door_or_a_few_metres_contradict_nobody() -> None:
    here = Place(*SQUARE, 15, Address(text="Torvet 3"))
    assert not contradicts(here, Place(*metres_east(10), 5, Address(text="Torvet 3", door_code="1234")))
    assert not contradicts(Place(*SQUARE, 15, Address()), here)
    assert contradicts(here, Place(*metres_east(40), 5, Address(text="Torvet 3")))
    assert contradicts(here, Place(*SQUARE, 15, Address(text="Havnen 8")))
