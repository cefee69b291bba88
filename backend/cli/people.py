"""`hjerteloeber test-centre`: the people of the test centre, so that a vendor's reports are answered."""

import asyncio
import signal
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.owner import stop

if TYPE_CHECKING:
    from backend.foundation.settings import Settings


def play_people(
    url: Annotated[str, typer.Option(help="Where the API is.")] = "http://127.0.0.1:8000",
    pace: Annotated[float, typer.Option(help="How much faster than in life they answer and walk.", min=0.1)] = 1.0,
) -> None:
    """Play the people of the test centre until told to stop: they answer, walk, give up, or are not there.

    With the settings of a `serve` process. They are of kind test and made up: no phone, no number, no push address.
    Vendors get a log-in with `hjerteloeber client add --centre amk-test`.
    """
    from backend.cli.commands import settings

    try:
        asyncio.run(_play(settings(), url.rstrip("/"), pace))
    except OSError as away:
        stop(f"the database cannot be used ({type(away).__name__})")


async def _play(found: "Settings", url: str, pace: float) -> None:
    from backend.foundation.database import Actor, Lane, Role, open_database
    from backend.foundation.ids import DeviceId, VolunteerId
    from backend.foundation.kinds import Kind
    from backend.identity.keys import load_keys
    from backend.identity.tokens import Audience, issue_access_token
    from backend.rehearsal.crowd import Person, everybody, play
    from backend.volunteers.made_up_people import enrol_made_up

    people = everybody()
    database = await open_database(found.database_url, {Lane.REST: 1})
    try:
        async with database.acting_as(Actor(Role.API), Lane.REST) as connection:
            ids = [(VolunteerId(each.volunteer_id), DeviceId(each.device_id)) for each in people]
            new = await enrol_made_up(connection, ids, datetime.now(UTC))
    finally:
        await database.close()
    typer.echo(f"{len(people)} made-up people, {new} of them new; reports of kind test ring them")
    keys = load_keys(found)

    def token_of(person: Person) -> str:
        """They have no phone that could be sent a code, so the operator signs for them."""
        claims = {"device": str(person.device_id), "kind": Kind.TEST.value}
        return issue_access_token(keys.signing, Audience.MOBILE, person.volunteer_id, claims, datetime.now(UTC))[0]

    playing = asyncio.create_task(play(url, people, token_of, pace=pace, tell=typer.echo))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, playing.cancel)
    await asyncio.wait([playing])
    if not playing.cancelled():
        playing.result()
