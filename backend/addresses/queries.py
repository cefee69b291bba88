"""All SQL by which a place is found among addresses."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_all, fetch_one


class Edition(msgspec.Struct, frozen=True):
    """What is searched. `imported_at`: how old it is at least."""

    id: int
    source: str
    imported_at: datetime
    streets: int
    addresses: int


class StreetFound(msgspec.Struct, frozen=True):
    """A street by one of the keys that were asked for; `asked` counts those from 1, `beyond`: letters not typed yet."""

    asked: int
    id: int
    name: str
    postcode: str
    place: str
    village: str
    municipality: str
    addresses: int
    lat: float
    lon: float
    radius_m: int
    beyond: int
    whole: bool


class Entrance(msgspec.Struct, frozen=True):
    """A house's door to the street. `asked` counts the wishes from 1; `units`: how many addresses have it.

    `dar_id` where it is one alone.
    """

    asked: int
    number: int
    letter: str
    units: int
    lat: float
    lon: float
    dar_id: UUID | None


class Unit(msgspec.Struct, frozen=True):
    """One address, to its own door."""

    street_id: int
    number: int
    letter: str
    floor: str
    door: str
    lat: float
    lon: float
    dar_id: UUID


class PostcodeFound(msgspec.Struct, frozen=True):
    postcode: str
    place: str
    lat: float
    lon: float
    radius_m: int


async def edition(connection: Connection) -> Edition | None:
    """None before the first import."""
    return await fetch_one(
        connection, Edition, "SELECT id, source, imported_at, streets, addresses FROM addresses.edition WHERE in_use"
    )


async def streets(
    connection: Connection,
    edition_id: int,
    keys: Sequence[str],
    until: Sequence[str],
    postcodes: Sequence[str],
    places: Sequence[str],
    own: Sequence[str],
    looked_at: int,
    at_most: int,
) -> list[StreetFound]:
    """Streets by the beginning of a key, of the i-th in the i-th postcode and place (patterns, each % for any).

    A street stands there for each key it was found by.

    `until`: the first key past each. `own`: municipalities whose streets come first. Of each key no more than
    `looked_at` are looked at: whoever has typed two letters is not choosing yet.
    """
    return await fetch_all(
        connection,
        StreetFound,
        """
        WITH found AS (
          SELECT DISTINCT ON (s.id, a.asked) a.asked, s.id, s.name, s.postcode, s.place, s.village, s.municipality,
            s.addresses, s.lat, s.lon, s.radius_m, length(k.key) - length(a.key) AS beyond, k.whole
          FROM unnest($2::text[], $3::text[], $4::text[], $5::text[])
            WITH ORDINALITY AS a (key, until, postcode, place, asked)
          CROSS JOIN LATERAL (
            SELECT k.key, k.street_id, k.whole FROM addresses.street_key k
            WHERE k.edition = $1 AND k.key >= a.key COLLATE "C" AND k.key < a.until COLLATE "C"
            ORDER BY k.edition, k.key LIMIT $7) k
          JOIN addresses.street s ON s.edition = $1 AND s.id = k.street_id
          WHERE s.postcode LIKE a.postcode AND s.place_words LIKE a.place
          ORDER BY s.id, a.asked, k.whole DESC, length(k.key))
        SELECT asked::int, id, name, postcode, place, village, municipality, addresses, lat, lon, radius_m, beyond,
          whole
        FROM found
        ORDER BY beyond > 0, municipality = ANY ($6::text[]) DESC, whole DESC, asked, addresses DESC, name, postcode
        LIMIT $8
        """,
        edition_id,
        list(keys),
        list(until),
        list(postcodes),
        list(places),
        list(own),
        looked_at,
        at_most,
    )


async def entrances(
    connection: Connection, edition_id: int, street_ids: Sequence[int], numbers: Sequence[int], letters: Sequence[str]
) -> list[Entrance]:
    """Doors to the street: of the i-th street the i-th number, with the i-th letter (% for any or none)."""
    return await fetch_all(
        connection,
        Entrance,
        """
        SELECT w.asked::int, a.number, a.letter, count(*)::int AS units, avg(a.lat) AS lat, avg(a.lon) AS lon,
          CASE WHEN count(*) = 1 THEN min(a.dar_id::text)::uuid END AS dar_id
        FROM unnest($2::int[], $3::int[], $4::text[]) WITH ORDINALITY AS w (street_id, number, letter, asked)
        JOIN addresses.address a ON a.edition = $1 AND a.street_id = w.street_id AND a.number = w.number
          AND a.letter LIKE w.letter
        GROUP BY w.asked, a.number, a.letter ORDER BY w.asked, a.letter
        """,
        edition_id,
        list(street_ids),
        list(numbers),
        list(letters),
    )


async def units(
    connection: Connection,
    edition_id: int,
    street_id: int,
    number: int,
    letter: str,
    floor: str,
    door: str,
    at_most: int,
) -> list[Unit]:
    """Addresses of one entrance whose floor and door are as the patterns say, lowest floor first."""
    return await fetch_all(
        connection,
        Unit,
        """
        SELECT street_id, number, letter, floor, door, lat, lon, dar_id FROM addresses.address
        WHERE edition = $1 AND street_id = $2 AND number = $3 AND letter = $4 AND floor LIKE $5 AND door LIKE $6
        ORDER BY floor <> 'kl', floor <> 'st', length(floor), floor, length(door), door LIMIT $7
        """,
        edition_id,
        street_id,
        number,
        letter,
        floor,
        door,
        at_most,
    )


async def postcodes(connection: Connection, edition_id: int, beginning: str, at_most: int) -> list[PostcodeFound]:
    """`beginning`: a pattern."""
    return await fetch_all(
        connection,
        PostcodeFound,
        """
        SELECT postcode, place, lat, lon, radius_m FROM addresses.postcode
        WHERE edition = $1 AND postcode LIKE $2 ORDER BY postcode LIMIT $3
        """,
        edition_id,
        beginning,
        at_most,
    )
