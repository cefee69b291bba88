"""`hjerteloeber policy …`: which rule applies at which dispatch centre."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.owner import DatabaseUrl, in_transaction, stop

if TYPE_CHECKING:
    from backend.foundation.database import Connection

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
) -> None:
    """Put a policy in force from now on.

    Refused when it needs what this version does not do: better now than when somebody collapses.
    """
    from backend.foundation.database import Actor, Role
    from backend.foundation.ids import CentreId
    from backend.foundation.problems import Problem
    from backend.regions.queries import centre_now_or_to_come
    from backend.selection.policies import put_in_force

    async def run(connection: "Connection") -> None:
        now, centre_id = datetime.now(UTC), None
        if centre is not None:
            found = await centre_now_or_to_come(connection, centre, now)
            if found is None:
                stop(f"there is no centre {centre}; `hjerteloeber centre list` shows all")
            centre_id = CentreId(found.id)
        await put_in_force(connection, Actor(Role.OWNER, centre_id), centre_id, name, author, now)

    try:
        in_transaction(database_url, run)
    except Problem as refused:
        stop(f"{refused.title}: {refused.detail}")
    typer.echo(f"{name} is in force {'everywhere else' if centre is None else 'at ' + centre} from now on")
