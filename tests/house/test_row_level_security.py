"""Every table about incidents or people is bound by policies, and who may look across stands in a list."""

import re
from collections.abc import AsyncIterator

import asyncpg
import pytest

from backend.foundation import migrations
from tests.house.test_sql_keeps_to_its_room import ROOMS

OPEN = {
    # No row is about an incident or a person.
    "addresses.address": "the public register's addresses, nobody's in particular",
    "addresses.edition": "which of them are in use",
    "addresses.postcode": "postcodes are public",
    "addresses.street": "streets are public",
    "addresses.street_key": "what a street is found by",
    "aeds.aed": "defibrillators are public",
    "aeds.import_source": "where defibrillators came from",
    "attention.looked": "when a worker looked last",
    "delivery.channel_switch": "which channels are on",
    "foundation.journal_seal": "digests only; the chain is one for all",
    "foundation.migration": "which files were applied",
    "locations.blackout_area": "where nothing is stored, and when; every phone's report is compared with it",
    "locations.blackout_cell": "the cells of those areas",
    "locations.land_cell": "where land is",
    "locations.land_part": "where land is",
    "recruitment.campaign": "a campaign's name and dates",
    "recruitment.counting_group": "a campaign's groups",
    "recruitment.join_code": "codes, and how often each was begun with; nobody's in particular",
    "recruitment.tally": "numbers of those who are forgotten",
    "recruitment.tellable": "numbers that may be told",
    "recruitment.told": "numbers that were told",
    "regions.area": "borders are public",
    "regions.centre_area": "which centre answers where is public",
    "regions.dispatch_centre": "names of centres are public",
    "regions.feed": "whether a centre's system is heard; operations watch all",
    "regions.postcode": "postcodes are public",
    "selection.policy": "policies are public",
    "selection.policy_in_force": "which policy a centre uses is public",
    "webhooks.read_until": "a place in the chain",
    # Read before anybody is known; holds hashes and sealed bytes only.
    "identity.client": "read to find out who calls; no secret and no person",
    "identity.one_time_code": "found by a phone's keyed hash before anybody is known; a code's hash",
    "recruitment.touch": "found by a phone's hash under a key of its own, and joined with nothing",
    "signup.session": "found by a cookie's hash before anybody is known; sealed",
}
"""Tables without policies, and why."""

ACROSS = {
    "alerts.alerts_of_person()": "ids of one's own alerts",
    "alerts.incidents_of_person()": "ids of incidents one was asked for",
    "alerts.missions_of_person()": "ids of incidents one is on the way to",
    "alerts.on_the_way_for_centre()": "ids of who is on the way for one's centre",
    "delivery.attempt_is_one_s_own(attempt uuid)": "yes or no",
    "delivery.delivery_is_one_s_own(delivery uuid)": "yes or no",
    "delivery.message_is_one_s_own(message uuid)": "yes or no",
    "delivery.held_text_messages()": "ids of people a text message to whom is being sent",
    "alerts.forget_synthetic(incidents uuid[])": "removes the machine's own; gives ids",
    "alerts.incident_of(alert uuid)": "an id",
    "alerts.who_answered(people uuid[])": "ids",
    "delivery.forget_synthetic(subjects uuid[])": "removes the machine's own",
    "delivery.of_answer_link(hash bytea)": "an id, for whoever has the link",
    "foundation.entries_after(after bigint, at_most integer)": "ids",
    "foundation.forget_synthetic(incidents uuid[])": "removes the machine's own",
    "foundation.newest_entry()": "an id",
    "identity.of_refresh_family(family uuid)": "an id, for whoever has a token of the family",
    "identity.of_refresh_token(hash bytea)": "an id, for whoever has the token",
    "identity.seat_of_browser(browser_hash bytea)": "ids, for whoever has the browser's secret",
    "identity.seat_of_code(code_hash bytea)": "ids, for whoever has the seat's code",
    "identity.staff_of_email(email text)": "an id, for whom the provider vouches",
    "identity.staff_of_subject(issuer text, subject text)": "an id, for whom the provider vouches",
    "identity.staff_session_of(token_hash bytea)": "ids, for whoever has the session's secret",
    "incidents.centre_of(incident uuid)": "an id",
    "incidents.forget_synthetic(incidents uuid[])": "removes the machine's own; a number",
    "incidents.forget_synthetic_views(incidents uuid[])": "removes the machine's own",
    "incidents.open_since(of_kind text, since timestamp with time zone)": "ids, cells, and points as they are sealed",
    "incidents.synthetic_ended(before timestamp with time zone, at_most integer)": "ids",
    "locations.keep_newest(people uuid[], cells bigint[], cells_r9 bigint[], coarse_cells bigint[], "
    "coarse_cells_r9 bigint[], accuracies_m real[], measured timestamp with time zone[], doubted_people uuid[], "
    "doubted_cells bigint[], at timestamp with time zone)": "ids, and what became of what each reported",
    "responses.forget_synthetic(incidents uuid[])": "removes the machine's own",
    "selection.forget_synthetic(incidents uuid[])": "removes the machine's own",
    "volunteers.not_erased(people uuid[])": "ids, for whoever has the list of erasures",
    "volunteers.of_phone(hash bytea)": "an id, for whoever has proven the phone",
    "volunteers.still_active(people uuid[])": "ids, for whoever has the list of erasures",
    "volunteers.withdrew_before(people uuid[], took_back timestamp with time zone[])": "the same",
    "volunteers.anybody_erased()": "yes or no",
    "volunteers.retire_elsewhere(device uuid, on_channel text, told text, at timestamp with time zone)": "nothing",
}
"""SECURITY DEFINER functions, and what they give."""

GIVES = {"boolean", "uuid", "uuid[]", "void", "bigint", "SETOF uuid"}
"""What they may return; a table of ids and metres by its columns:"""
COLUMNS = {"incident_id uuid", "centre_id uuid", "id bigint", "metres integer", "id uuid", "staff_id uuid"}
COLUMNS |= {"cell_r9 bigint", "point_sealed bytea", "key_id text", "wrapped bytea"}
COLUMNS |= {"volunteer_id uuid", "active boolean", "location_consent boolean", "mission uuid"}
COLUMNS |= {"known_since timestamp with time zone", "kept boolean", "hidden boolean"}

FIRST_BOUND = 26
"""The first migration that finds policies."""


@pytest.fixture
async def catalog(database_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_dsn)
    yield connection
    await connection.close()


async def test_every_table_has_policies_that_bind_its_owner_or_a_reason(catalog: asyncpg.Connection) -> None:
    rows = await catalog.fetch(
        """
        SELECT n.nspname || '.' || c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS bound,
               EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid) AS has_policies
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'f', 'm') AND n.nspname = ANY ($1::text[])
        """,
        list(ROOMS),
    )
    unbound = {row["name"] for row in rows if not (row["bound"] and row["has_policies"])}
    assert unbound == set(OPEN), "policies in the table's own migration, or a line in OPEN with the reason"
    assert len(rows) - len(unbound) > 25


async def test_every_room_that_has_tables_is_looked_at(catalog: asyncpg.Connection) -> None:
    rows = await catalog.fetch(
        """
        SELECT DISTINCT n.nspname AS room FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        """
    )
    assert {row["room"] for row in rows} <= set(ROOMS)


async def test_no_policy_is_for_everybody(catalog: asyncpg.Connection) -> None:
    """Each names the roles it is for, so a new role sees nothing."""
    assert await catalog.fetch("SELECT polname FROM pg_policy WHERE polroles = '{0}' OR NOT polpermissive") == []


async def test_who_is_acted_for_is_asked_once_a_statement(catalog: asyncpg.Connection) -> None:
    """Without a SELECT around it the function would run for every row."""
    rows = await catalog.fetch(
        "SELECT tablename, policyname, concat(qual, ' ', with_check) AS says FROM pg_policies ORDER BY 1, 2"
    )
    by_row = [
        (row["tablename"], row["policyname"])
        for row in rows
        if len(re.findall(r"foundation\.(?:centre|person)\(\)", row["says"]))
        != len(re.findall(r"SELECT foundation\.(?:centre|person)\(\) AS", row["says"]))
    ]
    assert by_row == []


async def test_a_view_is_bound_as_whoever_looks_through_it(catalog: asyncpg.Connection) -> None:
    """A view reads as its owner unless it says otherwise; the one there is shows groups of campaigns."""
    rows = await catalog.fetch(
        """
        SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'v' AND n.nspname = ANY ($1::text[])
          AND NOT coalesce(c.reloptions @> '{security_invoker=true}', false)
        """,
        list(ROOMS),
    )
    assert [row["name"] for row in rows] == ["recruitment.within"]


async def test_only_the_listed_functions_look_across(catalog: asyncpg.Connection) -> None:
    rows = await catalog.fetch(
        """
        SELECT n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS name,
               pg_get_function_result(p.oid) AS gives, p.proconfig AS settings,
               pg_get_userbyid(p.proowner) AS owner, has_function_privilege('public', p.oid, 'EXECUTE') AS for_all
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        """
    )
    assert {row["name"] for row in rows} == set(ACROSS), "list it in ACROSS with what it gives"
    for row in rows:
        name = row["name"]
        assert "search_path=pg_catalog" in row["settings"], f"{name} finds tables by whatever path its caller has"
        assert not row["for_all"], f"{name} may be called by everybody"
        assert row["owner"] == "hjerteloeber_across", f"{name} acts as {row['owner']}"
        table = re.fullmatch(r"TABLE\((.*)\)", row["gives"])
        assert row["gives"] in GIVES or (table and set(table[1].split(", ")) <= COLUMNS), f"{name} gives {row['gives']}"


async def test_nobody_is_above_the_policies(catalog: asyncpg.Connection) -> None:
    rows = await catalog.fetch(
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'hjerteloeber%' AND (rolbypassrls OR rolsuper OR rolcanlogin)"
    )
    assert [row["rolname"] for row in rows] == []


async def test_no_process_can_become_who_looks_across_or_fills_old_rows(catalog: asyncpg.Connection) -> None:
    rows = await catalog.fetch(
        """
        SELECT m.rolname AS member, r.rolname AS role FROM pg_auth_members a
        JOIN pg_roles m ON m.oid = a.member JOIN pg_roles r ON r.oid = a.roleid
        WHERE r.rolname IN ('hjerteloeber_across', 'hjerteloeber_backfill')
        """
    )
    assert [tuple(row) for row in rows] == []


async def test_who_looks_across_can_read_no_name_phone_or_address(catalog: asyncpg.Connection) -> None:
    """Not even by a fault of a function: its owner has rights on ids, and on where open incidents are."""
    readable = {
        (row["name"], row["column"])
        for row in await catalog.fetch(
            """
            SELECT c.oid::regclass::text AS name, a.attname AS column
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE c.relkind = 'r' AND a.attnum > 0
              AND c.oid IN ('incidents.incident_place'::regclass, 'volunteers.volunteer_identity'::regclass)
              AND has_column_privilege('hjerteloeber_across', c.oid, a.attnum, 'SELECT')
            """
        )
    }
    assert readable == {
        ("incidents.incident_place", "incident_id"),
        ("incidents.incident_place", "point_sealed"),
        ("volunteers.volunteer_identity", "volunteer_id"),
        ("volunteers.volunteer_identity", "phone_hash"),
    }


async def test_statistics_see_no_place_no_case_number_and_no_person(catalog: asyncpg.Connection) -> None:
    async def may(role: str, table: str, column: str) -> bool:
        return bool(
            await catalog.fetchval("SELECT has_column_privilege($1, $2::regclass, $3, 'SELECT')", role, table, column)
        )

    for role in ("hjerteloeber_stats", "hjerteloeber_campaigns"):
        assert not await may(role, "incidents.incident", "case_number")
        for table, column in (
            ("incidents.incident_place", "point_sealed"),
            ("incidents.incident_place", "address_sealed"),
            ("volunteers.volunteer_identity", "volunteer_id"),
            ("volunteers.address", "value"),
            ("locations.position", "cell"),
            ("locations.mission_position", "lat"),
        ):
            assert not await may(role, table, column), f"{role} reads {table}.{column}"
    assert await may("hjerteloeber_stats", "incidents.incident", "municipality")


def test_a_migration_that_writes_bound_rows_does_so_by_its_name() -> None:
    """Old rows are filled as hjerteloeber_backfill: as the tables' owner it would find none, and say nothing."""
    wrong = [name for name, sql in migrations.files() if int(name[:4]) >= FIRST_BOUND and not writes_by_name(sql)]
    assert wrong == [], "SET LOCAL ROLE hjerteloeber_backfill before, RESET ROLE after"


def test_one_that_does_not_is_noticed() -> None:
    fill = "UPDATE alerts.alert SET place = 1;"
    assert not writes_by_name(fill)
    assert not writes_by_name(f"SET LOCAL ROLE hjerteloeber_backfill; RESET ROLE; {fill}")
    assert writes_by_name(f"SET LOCAL ROLE hjerteloeber_backfill;\n{fill}\nRESET ROLE;")


def writes_by_name(sql: str) -> bool:
    """Whether every UPDATE and DELETE of bound rows stands between the role's beginning and its end."""
    outside_functions = re.sub(r"\$(\w*)\$.*?\$\1\$", "", re.sub(r"--[^\n]*", "", sql), flags=re.DOTALL)
    by_name = re.sub(r"SET LOCAL ROLE hjerteloeber_backfill;.*?RESET ROLE;", "", outside_functions, flags=re.DOTALL)
    written = re.findall(r"(?:^|;)\s*(?:UPDATE|DELETE FROM)\s+(\w+\.\w+)", by_name)
    return all(table in OPEN for table in written)
