"""`hjerteloeber policy …`: which rule applies at which dispatch centre."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.owner import DatabaseUrl, in_transaction, stop

if TYPE_CHECKING:
    from backend.foundation.database import Connection
    from backend.foundation.ids import CentreId

app = typer.Typer(
    help="Policies: how many hjerteløbere are asked, how far away, in which roles.\n\n"
    "Running incidents keep the one they were opened with.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
)


@app.command("list")
def show() -> None:
    """Show the policies that ship, where they come from, and whether this version can honour them."""
    from backend.selection.policies import shipped
    from backend.selection.policy import not_served_yet, read_policy

    for fields in shipped():
        policy = read_policy(fields)
        lacking = not_served_yet(policy)
        typer.echo(f"{policy.name:<16} {policy.reach_m:>5} m  {policy.at_once:>3} at once  {policy.source}")
        if lacking:
            typer.echo(f"{'':<16} cannot be used yet: {', '.join(lacking)}")


@app.command()
def use(
    name: Annotated[str, typer.Argument(help="A policy's name, as `policy list` shows it.", show_default=False)],
    database_url: DatabaseUrl,
    centre: Annotated[str | None, typer.Option(help="Code of one centre.", show_default="every other")] = None,
    author: Annotated[str, typer.Option(help="Who decided it: a role, no person.")] = "operator",
    asked_by: Annotated[
        str | None,
        typer.Option("--asked-by", help="E-mail of whoever asks: a colleague approves it at /konsol/godkendelser."),
    ] = None,
) -> None:
    """Put a policy in force: once a second person has approved it.

    Where nobody could be the second person, as on a new installation, it is in force at once. Refused when it needs
    what this version does not do: better now than when somebody collapses.
    """
    from backend.foundation.database import Actor, Role
    from backend.foundation.ids import CentreId
    from backend.foundation.problems import Problem
    from backend.regions.queries import centre_now_or_to_come
    from backend.selection.policies import must_be_usable, put_in_force

    async def run(connection: "Connection") -> bool:
        now, centre_id = datetime.now(UTC), None
        if centre is not None:
            found = await centre_now_or_to_come(connection, centre, now)
            if found is None:
                stop(f"there is no centre {centre}; `hjerteloeber centre list` shows all")
            centre_id = CentreId(found.id)
        if asked_by is None and not await _two_could(connection, centre_id, now):
            await put_in_force(connection, Actor(Role.OWNER, centre_id), centre_id, name, author, now)
            return True
        await must_be_usable(connection, name)
        await _ask(connection, asked_by, centre_id, name, now)
        return False

    try:
        done = in_transaction(database_url, run)
    except Problem as refused:
        stop(f"{refused.title}: {refused.detail}")
    if not done:
        typer.echo(f"{name} waits for a second person: /konsol/godkendelser")
        return
    typer.echo(f"{name} is in force {'everywhere else' if centre is None else 'at ' + centre} from now on")


async def _two_could(connection: "Connection", centre_id: "CentreId | None", now: datetime) -> bool:
    """Whether there are two who may change policies there: then one alone does not."""
    from backend.identity.queries_staff import holders_of
    from backend.identity.staff import MAY, May

    able = [role for role, allowed in MAY.items() if May.CHANGE_POLICY in allowed]
    return await holders_of(connection, able, centre_id, now) > 1


async def _ask(
    connection: "Connection", asked_by: str | None, centre_id: "CentreId | None", name: str, now: datetime
) -> None:
    """It waits for a second person; whoever types the command says who is the first."""
    from backend.foundation.database import Actor, Role, enter
    from backend.identity import approvals, queries_staff
    from backend.identity.approval import RULES, ApprovalKind
    from backend.identity.staff import address, may, roles_at

    if asked_by is None:
        stop("a policy waits for a second person: say who asks, --asked-by anna@amk.example; a colleague approves it")
    typed = address(asked_by)
    staff = None if typed is None else await queries_staff.staff_by_email(connection, typed)
    granted = [] if staff is None else await queries_staff.granted_to(connection, staff.id)
    kind = ApprovalKind.POLICY_CHANGE
    if staff is None or RULES[kind].ask not in may(roles_at(granted, centre_id, now, now)):
        stop(f"{asked_by} may not change policies there: `hjerteloeber staff list` shows who is what")
    actor = Actor(Role.OWNER, centre_id, staff.id)
    if centre_id is not None:
        await enter(connection, centre_id)
    await approvals.ask(connection, actor, kind, centre_id, {"policy": name}, staff.id, now)
