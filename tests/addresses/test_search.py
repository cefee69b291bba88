"""An operator imports addresses; whoever types one finds it, and a wrong file changes nothing."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from backend.addresses import made_up, queries
from backend.addresses.address_file import Reading
from backend.addresses.import_addresses import import_addresses
from backend.addresses.search import Hit, What, search
from backend.cli import imports as import_command
from backend.foundation.database import Actor, Connection, Lane, Role, connect, open_database
from backend.regions import shipped

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
FIRST = (
    "id;status;vejnavn;husnr;etage;dør;supplerendebynavn;postnr;postnrnavn;kommunekode;"
    "wgs84koordinat_bredde;wgs84koordinat_længde"
)
STREETS = (
    ("Nørregade", "3B", "st", "tv", "1165", "København K", "0101", 55.6801, 12.5710),
    ("Nørregade", "3B", "st", "th", "1165", "København K", "0101", 55.6801, 12.5710),
    ("Nørregade", "3B", "2", "tv", "1165", "København K", "0101", 55.6801, 12.5710),
    ("Nørregade", "3B", "2", "mf", "1165", "København K", "0101", 55.6801, 12.5710),
    ("Nørregade", "3", "", "", "1165", "København K", "0101", 55.6800, 12.5712),
    ("Nørregade", "31", "", "", "1165", "København K", "0101", 55.6810, 12.5712),
    ("Nørregade", "3", "", "", "6760", "Ribe", "0561", 55.3300, 8.7600),
    ("Nørregade", "3", "", "", "8000", "Aarhus C", "0751", 56.1600, 10.2100),
    ("Gammel Kongevej", "12", "", "", "1610", "København V", "0101", 55.6740, 12.5500),
    ("Ågade", "1", "", "", "2200", "København N", "0101", 55.6850, 12.5450),
    ("10. Februar Vej", "7", "", "", "6760", "Ribe", "0561", 55.3310, 8.7610),
    ("Vej 5", "12", "", "", "2100", "København Ø", "0101", 55.7000, 12.5800),
)


def a_file(rows: Sequence[Sequence[object]] = STREETS) -> list[str]:
    lines = [f"\ufeff{FIRST}\n"]
    for street, house, floor, door, postcode, place, municipality, lat, lon in rows:
        lines.append(f"{uuid4()};1;{street};{house};{floor};{door};;{postcode};{place};{municipality};{lat};{lon}\n")
    return lines


async def imported(dsn: str, lines: Sequence[str]) -> Connection:
    connection = await connect(dsn)
    async with connection.transaction():
        await import_addresses(connection, Reading(lines).batches(), "a test", NOW)
    return connection


def texts(hits: Sequence[Hit]) -> list[tuple[str, str]]:
    return [(hit.text, hit.detail) for hit in hits]


async def test_an_address_is_found_as_people_type_it(database_dsn: str) -> None:
    connection = await imported(database_dsn, a_file())

    async def first(typed: str, *own: str) -> tuple[str, str]:
        return texts(await search(connection, typed, own))[0]

    in_copenhagen = "1165 København K"
    for typed in (
        "Nørregade 3B, 2. tv, 1165 København K",
        "noerregade 3 b 2 tv kbh",
        "NORREGADE 3b, 2. sal til venstre",
    ):
        assert await first(typed) == ("Nørregade 3B, 2. tv", in_copenhagen), typed
    assert await first("nørregade 3b st") == ("Nørregade 3B, st. th", in_copenhagen)
    assert await first("nørregade 3 ribe") == ("Nørregade 3", "6760 Ribe")
    assert await first("6760 nørreg") == ("Nørregade", "6760 Ribe")
    assert await first("gl kongevej 12") == ("Gammel Kongevej 12", "1610 København V")
    assert await first("aagade 1") == ("Ågade 1", "2200 København N")
    assert await first("10 februar vej 7") == ("10. Februar Vej 7", "6760 Ribe")
    assert await first("vej 5 12") == ("Vej 5 12", "2100 København Ø")
    # A house: each of its doors to the street, and no house whose number only begins like that.
    assert texts(await search(connection, "nørregade 3, 1165")) == [
        ("Nørregade 3", in_copenhagen),
        ("Nørregade 3B", in_copenhagen),
    ]
    # The own municipality's street stands before others of the name.
    assert (await first("nørregade 3", "0751"))[1] == "8000 Aarhus C"
    assert (await first("nørregade 3", "0561"))[1] == "6760 Ribe"
    # A door that the register does not have is written as it was typed, at the house.
    (flat,) = await search(connection, "gl kongevej 12, 4. th")
    assert (flat.text, flat.what, flat.floor, flat.door) == ("Gammel Kongevej 12, 4. th", What.ENTRANCE, "4", "th")
    # A street before its house is known: somewhere along it.
    street = (await search(connection, "nørregade", ("0101",)))[0]
    assert (street.what, street.goes_on) == (What.STREET, True)
    assert street.accuracy_m is not None
    assert 30 < street.accuracy_m < 200
    assert await search(connection, "findesikkevej 3") == []
    await connection.close()


async def test_towns_postcodes_and_coordinates_are_found_in_the_same_box(database_dsn: str) -> None:
    connection: Connection = await connect(database_dsn)
    (aarhus,) = [hit for hit in await search(connection, "aarhus") if hit.text == "Århus"]
    assert (aarhus.what, aarhus.accuracy_m) == (What.TOWN, 5_000)
    assert (await search(connection, "københavn"))[0].text == "København"
    assert await search(connection, "nørregade 3") == [], "before the first import there are no addresses"
    (pair,) = await search(connection, "55,676 12,568")
    assert (pair.what, pair.lat, pair.lon) == (What.COORDINATES, 55.676, 12.568)
    await connection.close()
    connection = await imported(database_dsn, a_file())
    (ribe,) = await search(connection, "6760")
    assert (ribe.what, ribe.text) == (What.POSTCODE, "6760 Ribe")
    await connection.close()


async def test_a_new_edition_takes_the_place_of_the_old_one_and_the_api_may_read_it(database_dsn: str) -> None:
    await (await imported(database_dsn, a_file())).close()
    await (await imported(database_dsn, a_file(STREETS[-1:]))).close()
    database = await open_database(database_dsn, {Lane.REST: 1})
    async with database.acting_as(Actor(Role.API)) as connection:
        found = await queries.edition(connection)
        assert found is not None
        assert (found.addresses, found.streets) == (1, 1)
        assert await search(connection, "nørregade 3") == []
        assert len(await search(connection, "vej 5 12")) == 1
        assert await connection.fetchval("SELECT count(*) FROM addresses.address") == 1
    await database.close()


def in_the_grid(position: str = "POINT(724337.52 6175711.09)", number: str = "7C") -> str:
    return (
        "id_lokalId,vejnavn,husnummertekst,etagebetegnelse,doerbetegnelse,postnr,postnummernavn,position,status\n"
        f"{uuid4()},Rådhuspladsen,{number},,,1550,København V,{position},3\n"
        f"{uuid4()},Rådhuspladsen,9,,,1550,København V,,3\n"
        f"{uuid4()},Rådhuspladsen,11,,,1550,København V,{position},4\n"
    )


def run(dsn: str, file: Path) -> Result:
    return CliRunner().invoke(import_command.app, ["addresses", str(file), "--database-url", dsn])


def test_the_command_reads_the_register_s_own_names_and_says_what_it_left_out(
    database_dsn: str, tmp_path: Path
) -> None:
    file = tmp_path / "dar.csv"
    file.write_text(in_the_grid(), "utf-8")
    done = run(database_dsn, file)
    assert done.exit_code == 0, done.output
    assert "1 addresses on 1 streets" in done.output
    assert "left out: 1 that have no place" in done.output
    assert "left out: 1 that are given up" in done.output

    async def found() -> list[Hit]:
        connection = await connect(database_dsn)
        hits = await search(connection, "rådhuspladsen 7c")
        await connection.close()
        return hits

    (hit,) = asyncio.run(found())
    assert (hit.lat, hit.lon) == pytest.approx((55.6753, 12.5680), abs=1e-4)
    # Afterwards a wrong one: said with line and column, and everything stays.
    for wrong, words in (
        (in_the_grid(number="0"), "line 2, column husnr or husnummertekst: is 1 to 999"),
        (in_the_grid(position="her"), "line 2, column position"),
        ("id,vejnavn\n", "there is no column husnr or husnummertekst"),
        (in_the_grid() + "1,2\n", "line 5: 2 columns where line 1 has 9"),
        (in_the_grid(position=""), "no address with a place"),
    ):
        file.write_text(wrong, "utf-8")
        refused = run(database_dsn, file)
        assert refused.exit_code == 1
        assert words in refused.output, refused.output
        assert len(asyncio.run(found())) == 1
    file.write_bytes(in_the_grid().encode("latin-1"))
    assert "not UTF-8" in run(database_dsn, file).output


def test_made_up_addresses_are_seen_to_be() -> None:
    some = list(made_up.addresses(shipped.places(), 20_000, 1))
    assert len(some) == 20_000
    assert some == list(made_up.addresses(shipped.places(), 20_000, 1))
    assert "opdigtet" in made_up.SOURCE
    read = [each for batch in Reading(made_up.as_csv(iter(some))).batches() for each in batch]
    assert read == some
