"""Dispatch centres' systems."""

import asyncio

import pytest
from typer.testing import CliRunner

from backend.cli import centre, policy
from backend.cli.client import add_for_centre, app
from backend.foundation.database import Actor, Database, Role
from backend.foundation.ids import CentreId, without_time
from backend.foundation.kinds import Kind
from backend.foundation.problems import Problem
from backend.identity.clients import add_client, authenticate, scopes_of
from backend.regions.queries import add_centre
from tests.edge.cast import load_shipped
from tests.people.cast import API, NOON

OWNER = Actor(Role.OWNER)


async def test_a_system_is_known_by_id_and_secret(database: Database) -> None:
    centre = CentreId(without_time())
    async with database.acting_as(OWNER) as connection:
        row = await add_client(connection, "amk-nord", "a secret", centre, Kind.TEST, scopes_of(Kind.TEST), NOON)
    async with database.acting_as(API) as connection:
        client = await authenticate(connection, "amk-nord", "a secret")
    assert (client.id, client.centre_id, client.kind) == (row, centre, Kind.TEST)
    assert client.scopes == ("incidents:write", "incidents:read")


@pytest.mark.parametrize(("client_id", "secret"), [("amk-nord", "wrong"), ("amk-syd", "a secret"), ("", "")])
async def test_the_refusal_does_not_tell_which_of_the_two_was_wrong(
    database: Database, client_id: str, secret: str
) -> None:
    async with database.acting_as(OWNER) as connection:
        await add_client(connection, "amk-nord", "a secret", CentreId(without_time()), Kind.LIVE, [], NOON)
        with pytest.raises(Problem) as refused:
            await authenticate(connection, client_id, secret)
    assert refused.value.status == 401
    assert refused.value.detail == "The client id or its secret is wrong."


async def test_a_disabled_client_and_a_taken_id_are_refused(database: Database) -> None:
    async with database.acting_as(OWNER) as connection:
        await add_client(connection, "amk-nord", "a secret", CentreId(without_time()), Kind.LIVE, [], NOON)
        with pytest.raises(Problem) as taken:
            await add_client(connection, "amk-nord", "other", CentreId(without_time()), Kind.LIVE, [], NOON)
        await connection.execute("UPDATE identity.client SET disabled_at = $1", NOON)
        with pytest.raises(Problem) as disabled:
            await authenticate(connection, "amk-nord", "a secret")
    assert (taken.value.status, disabled.value.status) == (409, 401)


async def test_an_operator_adds_a_client_and_the_journal_says_so(database: Database, database_dsn: str) -> None:
    async with database.acting_as(API) as connection:
        await connection.execute("RESET ROLE")
        await add_centre(connection, without_time(), "9999", "A centre", "live", NOON, None)
    made = await add_for_centre(database, "9999", Kind.TEST, "amk-9999", scopes_of(Kind.TEST), NOON)
    assert made is not None
    async with database.acting_as(API) as connection:
        client = await authenticate(connection, *made)
        facts = await connection.fetchval("SELECT facts FROM foundation.journal_entry WHERE event = 'right_changed'")
    assert facts == {"change": "client_added", "client": str(client.id), "kind": "test"}
    assert await add_for_centre(database, "0000", Kind.TEST, "amk-0000", scopes_of(Kind.TEST), NOON) is None


async def test_the_api_itself_cannot_let_anybody_in(database: Database) -> None:
    with pytest.raises(Exception, match="permission denied"):
        async with database.acting_as(Actor(Role.API)) as connection:
            await add_client(connection, "thief", "secret", CentreId(without_time()), Kind.LIVE, [], NOON)


def test_the_command_shows_the_secret_once_and_names_a_mistake(database_dsn: str) -> None:
    run = CliRunner()
    at = ["--database-url", database_dsn]
    nobody = run.invoke(app, ["add", *at, "--centre", "amk-trial"])
    assert (nobody.exit_code, "centre add" in nobody.output) == (1, True)
    assert run.invoke(centre.app, ["add", "amk-trial", "A trial", *at, "--kind", "test"]).exit_code == 0
    assert run.invoke(app, ["add", *at, "--centre", "amk-trial", "--id", "Not Small"]).exit_code == 1
    live = run.invoke(app, ["add", *at, "--centre", "amk-trial", "--kind", "live"])
    assert (live.exit_code, "amk-trial is a centre of kind test" in live.output) == (1, True)
    made = run.invoke(app, ["add", *at, "--centre", "amk-trial", "--kind", "test", "--id", "trial"])
    assert made.exit_code == 0, made.output
    assert "client id      trial" in made.output
    assert len(made.output.partition("client secret  ")[2].split()[0]) >= 43
    again = run.invoke(app, ["add", *at, "--centre", "amk-trial", "--kind", "test", "--id", "trial"])
    assert (again.exit_code, again.output.strip()) == (1, "There is a client of this id already.")


def test_a_system_of_a_trial_centre_rings_no_citizen_whatever_was_forgotten(database_dsn: str) -> None:
    """`centre add` prints the next command without a kind: the centre's own is meant."""
    run = CliRunner()
    at = ["--database-url", database_dsn]
    run.invoke(centre.app, ["add", "amk-trial", "A trial", *at, "--kind", "exercise"])

    made = run.invoke(app, ["add", *at, "--centre", "amk-trial"])

    assert made.exit_code == 0, made.output
    assert "kind           exercise" in made.output


def test_a_centre_that_begins_next_year_is_prepared_this_year(database_dsn: str) -> None:
    """Østdanmark's log-in and policy cannot wait for midnight on New Year's Eve."""
    run = CliRunner()
    at = ["--database-url", database_dsn]
    asyncio.run(load_shipped(database_dsn))
    run.invoke(centre.app, ["add", "amk-oest", "AMK Øst", *at, "--from", "2127-01-01"])

    listed = run.invoke(centre.app, ["list", *at])
    let_in = run.invoke(app, ["add", *at, "--centre", "amk-oest"])
    chosen = run.invoke(policy.app, ["use", "dk-2017", *at, "--centre", "amk-oest"])

    assert "AMK Øst, from 2127-01-01" in listed.output
    assert (let_in.exit_code, chosen.exit_code) == (0, 0), let_in.output + chosen.output
