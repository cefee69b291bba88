"""Dispatch centres' systems."""

import asyncio
import json
import stat
from pathlib import Path

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey
from typer.testing import CliRunner

from backend.cli import centre, policy
from backend.cli.client import add_for_centre, app
from backend.conform.signing import ClientKey, new_private_pem, public_pem
from backend.foundation.database import Actor, Database, Role
from backend.foundation.ids import CentreId, without_time
from backend.foundation.kinds import Kind
from backend.foundation.problems import Problem
from backend.identity.client_keys import made_key, read_public_key
from backend.identity.clients import add_client, add_key, known_as, scopes_of
from backend.identity.jose import Unbelievable
from backend.identity.queries_clients import delete_key
from backend.regions.queries import add_centre
from tests.edge.cast import load_shipped
from tests.people.cast import API, NOON

OWNER = Actor(Role.OWNER)


async def test_a_system_is_known_by_its_id_and_its_public_key(database: Database) -> None:
    centre, (_, key) = CentreId(without_time()), made_key()
    async with database.acting_as(OWNER) as connection:
        row = await add_client(connection, "amk-nord", key, centre, Kind.TEST, scopes_of(Kind.TEST), NOON)
    async with database.acting_as(API) as connection:
        client = await known_as(connection, "amk-nord")
        nobody = await known_as(connection, "amk-syd")
    assert client is not None
    assert (client.id, client.centre_id, client.kind) == (row, centre, Kind.TEST)
    assert client.scopes == ("incidents:write", "incidents:read")
    assert [each.thumbprint() for each in client.keys] == [key.thumbprint()]
    assert nobody is None


async def test_two_keys_are_good_at_once_and_a_third_is_not(database: Database) -> None:
    """So that a key is replaced without a moment in which none is good."""
    keys = [made_key()[1] for _ in range(3)]
    async with database.acting_as(OWNER) as connection:
        row = await add_client(connection, "amk-nord", keys[0], CentreId(without_time()), Kind.LIVE, [], NOON)
        await add_key(connection, row, keys[1], NOON)
        with pytest.raises(Problem, match="409"):
            await add_key(connection, row, keys[2], NOON)
        assert await delete_key(connection, row, str(keys[0].thumbprint()))
        await add_key(connection, row, keys[2], NOON)
        client = await known_as(connection, "amk-nord")
    assert client is not None
    assert {each.thumbprint() for each in client.keys} == {each.thumbprint() for each in keys[1:]}


async def test_one_key_is_one_systems(database: Database) -> None:
    _, key = made_key()
    async with database.acting_as(OWNER) as connection:
        await add_client(connection, "amk-nord", key, CentreId(without_time()), Kind.LIVE, [], NOON)
        with pytest.raises(Problem, match="409"):
            await add_client(connection, "amk-syd", key, CentreId(without_time()), Kind.LIVE, [], NOON)


async def test_a_disabled_client_and_a_taken_id_are_refused(database: Database) -> None:
    async with database.acting_as(OWNER) as connection:
        await add_client(connection, "amk-nord", made_key()[1], CentreId(without_time()), Kind.LIVE, [], NOON)
        with pytest.raises(Problem) as taken:
            await add_client(connection, "amk-nord", made_key()[1], CentreId(without_time()), Kind.LIVE, [], NOON)
        await connection.execute("UPDATE identity.client SET disabled_at = $1", NOON)
        assert await known_as(connection, "amk-nord") is None
    assert taken.value.status == 409


@pytest.mark.parametrize("text", ["", "{}", "[]", "{", '{"kty": "oct", "k": "AAAA"}', "-----BEGIN PUBLIC KEY-----"])
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(Unbelievable):
        read_public_key(text.encode())


def test_a_private_key_is_refused_wherever_a_public_one_is_wanted() -> None:
    """Whoever sends one has told it: it is to be made anew, not registered."""
    private, _ = made_key()
    jwk = json.dumps(OKPKey.import_key(private).as_dict(private=True))
    for given in (private, jwk):
        with pytest.raises(Unbelievable, match="private"):
            read_public_key(given.encode())


def test_a_key_is_the_same_as_pem_and_as_jwk_of_both_kinds() -> None:
    for key in (OKPKey.generate_key("Ed25519"), ECKey.generate_key("P-256")):
        pem, jwk = key.as_pem(private=False), json.dumps(key.as_dict(private=False)).encode()
        assert read_public_key(pem).thumbprint() == read_public_key(jwk).thumbprint() == key.thumbprint()
    for other in (RSAKey.generate_key(2048), ECKey.generate_key("P-384")):
        with pytest.raises(Unbelievable):
            read_public_key(other.as_pem(private=False))


async def test_an_operator_adds_a_client_and_the_journal_says_so(database: Database, database_dsn: str) -> None:
    async with database.acting_as(API) as connection:
        await connection.execute("RESET ROLE")
        await add_centre(connection, without_time(), "9999", "A centre", "live", NOON, None)
    made = await add_for_centre(database, "9999", Kind.TEST, "amk-9999", scopes_of(Kind.TEST), NOON)
    assert made is not None
    async with database.acting_as(API) as connection:
        client = await known_as(connection, made[0])
        facts = await connection.fetchval("SELECT facts FROM foundation.journal_entry WHERE event = 'right_changed'")
    assert client is not None
    thumbprint = ClientKey(made[1]).thumbprint
    assert facts == {"change": "client_added", "client": str(client.id), "kind": "test", "key": thumbprint}
    assert await add_for_centre(database, "0000", Kind.TEST, "amk-0000", scopes_of(Kind.TEST), NOON) is None


async def test_the_api_itself_cannot_let_anybody_in(database: Database) -> None:
    with pytest.raises(Exception, match="permission denied"):
        async with database.acting_as(Actor(Role.API)) as connection:
            await add_client(connection, "thief", made_key()[1], CentreId(without_time()), Kind.LIVE, [], NOON)


def test_the_command_lets_a_system_in_and_names_a_mistake(database_dsn: str, tmp_path: Path) -> None:
    run = CliRunner()
    at = ["--database-url", database_dsn]
    nobody = run.invoke(app, ["add", *at, "--centre", "amk-trial"])
    assert (nobody.exit_code, "centre add" in nobody.output) == (1, True)
    assert run.invoke(centre.app, ["add", "amk-trial", "A trial", *at, "--kind", "test"]).exit_code == 0
    assert run.invoke(app, ["add", *at, "--centre", "amk-trial", "--id", "Not Small"]).exit_code == 1
    live = run.invoke(app, ["add", *at, "--centre", "amk-trial", "--kind", "live"])
    assert (live.exit_code, "amk-trial is a centre of kind test" in live.output) == (1, True)

    key = tmp_path / "key.pem"
    made = run.invoke(app, ["add", *at, "--centre", "amk-trial", "--id", "trial", "--make-key", str(key)])

    assert made.exit_code == 0, made.output
    assert "client id  trial" in made.output
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    again = run.invoke(app, ["add", *at, "--centre", "amk-trial", "--id", "trial"])
    assert (again.exit_code, again.output.strip()) == (1, "There is a client of this id already.")
    over = run.invoke(app, ["add", *at, "--centre", "amk-trial", "--id", "other", "--make-key", str(key)])
    assert (over.exit_code, "never overwritten" in over.output) == (1, True)
    private = run.invoke(app, ["add", *at, "--centre", "amk-trial", "--id", "other", "--public-key", str(key)])
    assert (private.exit_code, "private key" in private.output) == (1, True)


def test_a_key_is_replaced_and_a_system_let_out_by_commands(database_dsn: str, tmp_path: Path) -> None:
    run = CliRunner()
    at = ["--database-url", database_dsn]
    run.invoke(centre.app, ["add", "amk-trial", "A trial", *at, "--kind", "test"])
    old, new = tmp_path / "old.pem", tmp_path / "new.pem"
    run.invoke(app, ["add", *at, "--centre", "amk-trial", "--id", "trial", "--make-key", str(old)])
    new.write_text(public_pem(new_private_pem()))

    added = run.invoke(app, ["add-key", "trial", *at, "--public-key", str(new)])
    listed = run.invoke(app, ["keys", "trial", *at])
    removed = run.invoke(app, ["remove-key", "trial", *at, ClientKey(old.read_text()).thumbprint])
    gone = run.invoke(app, ["remove-key", "trial", *at, "-no-such-key"])  # one in 64 begins so
    out = run.invoke(app, ["disable", "trial", *at])

    assert [each.exit_code for each in (added, listed, removed, gone, out)] == [0, 0, 0, 1, 0], added.output
    assert len(listed.output.splitlines()) == 2
    assert "disabled" in run.invoke(app, ["list", *at]).output


def test_freezing_takes_two_people(database_dsn: str) -> None:
    run = CliRunner()
    at = ["--database-url", database_dsn]
    run.invoke(centre.app, ["add", "amk-trial", "A trial", *at, "--kind", "test"])
    run.invoke(app, ["add", *at, "--centre", "amk-trial", "--id", "trial"])

    alone = run.invoke(app, ["freeze", "trial", *at, "--by", "vagt-1"])
    twice_the_same = run.invoke(app, ["freeze", "trial", *at, "--by", "vagt-1", "--by", "Vagt-1 "])
    both = run.invoke(app, ["freeze", "trial", *at, "--by", "vagt-1", "--by", "vagt-2"])
    again = run.invoke(app, ["freeze", "trial", *at, "--by", "vagt-1", "--by", "vagt-2"])

    assert [each.exit_code for each in (alone, twice_the_same, both, again)] == [1, 1, 0, 1], both.output
    assert "frozen" in run.invoke(app, ["list", *at]).output
    assert run.invoke(app, ["unfreeze", "trial", *at, "--by", "vagt-1", "--by", "vagt-2"]).exit_code == 0
    assert "in use" in run.invoke(app, ["list", *at]).output


def test_a_system_of_a_trial_centre_rings_no_citizen_whatever_was_forgotten(database_dsn: str) -> None:
    """`centre add` prints the next command without a kind: the centre's own is meant."""
    run = CliRunner()
    at = ["--database-url", database_dsn]
    run.invoke(centre.app, ["add", "amk-trial", "A trial", *at, "--kind", "exercise"])

    made = run.invoke(app, ["add", *at, "--centre", "amk-trial"])

    assert made.exit_code == 0, made.output
    assert "kind       exercise" in made.output


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
