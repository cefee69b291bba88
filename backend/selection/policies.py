"""Which policy applies: shipped ones, and what a centre has put in force."""

from datetime import datetime
from importlib import resources
from typing import Any

import msgspec
import structlog

from backend.foundation import ids, journal
from backend.foundation.database import Actor, Connection
from backend.foundation.ids import CentreId
from backend.foundation.journal import Event, Happening
from backend.foundation.problems import FieldError, Problem, bad_field
from backend.selection import queries
from backend.selection.policy import Policy, not_served_yet, read_policy

DEFAULT = "dk-2026"
_log = structlog.get_logger()


def shipped() -> list[dict[str, Any]]:
    """The fields of every shipped policy."""
    text = resources.files("backend.selection").joinpath("policies.json").read_bytes()
    return msgspec.json.decode(text, type=list[dict[str, Any]])


async def load(connection: Connection, now: datetime) -> None:
    """Put the shipped policies into the database and the default in force, once; run again it changes nothing."""
    for fields in shipped():
        policy = read_policy(fields)
        await queries.insert_policy(connection, ids.in_order(), policy.name, policy.version, fields, "shipped", now)
    default = await queries.policy_named(connection, DEFAULT)
    if default is not None and not await _any_default(connection, now):
        await queries.insert_policy_in_force(connection, ids.in_order(), None, default.id, "shipped", now)


async def _any_default(connection: Connection, now: datetime) -> bool:
    nobody = CentreId(ids.without_time())
    return await queries.policy_in_force(connection, nobody, now) is not None


async def in_force(connection: Connection, centre_id: CentreId, name: str | None, now: datetime) -> queries.PolicyRow:
    """The policy for a new incident: the named one, else what is in force at the centre.

    Raises a 422 problem for a name that does not exist or a policy that this version cannot honour.
    """
    if name is None:
        row = await queries.policy_in_force(connection, centre_id, now)
        return row if row is not None and _is_readable(row) else _built_in()
    return await must_be_usable(connection, name)


async def must_be_usable(connection: Connection, name: str) -> queries.PolicyRow:
    """The newest of a name. Raises as :func:`in_force`."""
    named = await queries.policy_named(connection, name)
    if named is None:
        known = ", ".join(await queries.policy_names(connection))
        raise bad_field("/policy", f"one of: {known}", slug="unknown-policy", detail="There is no policy of that name.")
    refuse_what_cannot_be_honoured(read_policy(named.fields))
    return named


def _is_readable(row: queries.PolicyRow) -> bool:
    try:
        read_policy(row.fields)
    except msgspec.ValidationError:
        _log.exception("a policy in force cannot be read; the built-in one is used", policy=row.name)
        return False
    return True


def _built_in() -> queries.PolicyRow:
    """The default from the file: an alarm is not lost because nobody put a policy in force."""
    fields = next(fields for fields in shipped() if fields["name"] == DEFAULT)
    return queries.PolicyRow(ids.in_order(), DEFAULT, int(fields["version"]), fields)


async def put_in_force(
    connection: Connection,
    actor: Actor,
    centre_id: CentreId | None,
    name: str,
    author: str,
    since: datetime,
    now: datetime | None = None,
) -> None:
    """From `since` on, incidents of a centre (None: of everybody without one of its own) use a policy's newest version.

    Running incidents keep theirs. `now`: when that is said, where `since` is to come. Raises as :func:`in_force`, and a
    409 problem where another policy is to be in force later than `since`.
    """
    named = await must_be_usable(connection, name)
    if await queries.policy_to_come(connection, centre_id, since):
        raise Problem(409, "policy-to-come", "Another policy waits", "A later change has been agreed on already.")
    await queries.end_policy_in_force(connection, centre_id, since)
    await queries.insert_policy_in_force(connection, ids.in_order(), centre_id, named.id, author, since)
    facts: dict[str, journal.Fact] = {"policy": named.name, "version": named.version}
    if now is not None and now != since:
        facts["since"] = since.isoformat()
    await journal.write_outside_incidents(connection, actor, Happening(Event.POLICY_CHANGED, facts), now or since)


def refuse_what_cannot_be_honoured(policy: Policy) -> None:
    """A policy that asks for more than is built says so when it is chosen, not when somebody collapses."""
    missing = not_served_yet(policy)
    if missing:
        raise Problem(
            422,
            "policy-not-served",
            "This policy cannot be used yet",
            f"{policy.name} needs what this version does not do: {', '.join(missing)}.",
            errors=[FieldError("/policy", "one that needs nothing more than this version does")],
        )
