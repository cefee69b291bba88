"""`hjerteloeber synthetic …`: an alarm of the machine's own, every minute, through the whole chain."""

import asyncio
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.owner import DatabaseUrl, in_transaction, ring_in, stop
from backend.foundation.kinds import Kind

if TYPE_CHECKING:
    from backend.foundation.database import Connection
    from backend.rehearsal.key_file import KeyFile

app = typer.Typer(
    help="The synthetic alarm: from a dispatch system's report to a phone's *finished*, every minute.\n\n"
    "`prepare` makes its log-ins, `run` is the process. It rings nobody but its own phone.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
)

CENTRE = "amk-synthetic"
SPARE_TOKENS = 5
File = Annotated[
    Path,
    typer.Option(envvar="HJERTELOEBER_SYNTHETIC_FILE", help="Where its log-ins are kept (0600).", show_default=False),
]


@app.command()
def prepare(
    file: File,
    database_url: DatabaseUrl,
    fcm_token: Annotated[
        str | None, typer.Option(help="Registration token of an app you own: every ring has to be taken by FCM then.")
    ] = None,
    phone: Annotated[
        str | None, typer.Option(help="A phone you own: every ring has to be taken as a text message then. It costs.")
    ] = None,
    phone_hash_key_file: Annotated[
        Path | None,
        typer.Option(envvar="HJERTELOEBER_PHONE_HASH_KEY_FILE", exists=True, dir_okay=False, help="For --phone."),
    ] = None,
    data_key_file: Annotated[
        Path | None,
        typer.Option(envvar="HJERTELOEBER_DATA_KEY_FILE", exists=True, dir_okay=False, help="For --phone."),
    ] = None,
) -> None:
    """Make a phone and a dispatch log-in for one `synthetic run`, and keep them in the file.

    With a file that is there its phone and log-in are replaced. A second process needs a file of its own.
    """
    from backend.foundation.problems import Problem
    from backend.rehearsal import key_file
    from backend.volunteers.phone import parse_phone

    if phone is not None and (phone_hash_key_file is None or data_key_file is None):
        stop("--phone needs --phone-hash-key-file and --data-key-file")
    hash_key = b"" if phone_hash_key_file is None else phone_hash_key_file.read_bytes()
    try:
        before = key_file.read(file) if file.exists() else None
        number = None if phone is None else parse_phone(phone)

        async def run(connection: "Connection") -> "KeyFile":
            now = datetime.now(UTC)
            if before is not None:
                await _replace(connection, before, now)
            return await _made(connection, hash_key, number, fcm_token, before, now)

        keys = in_transaction(database_url, run, None if data_key_file is None else ring_in(data_key_file))
    except Problem as refusal:
        stop(refusal.detail)
    except key_file.Unusable as unusable:
        stop(str(unusable))
    key_file.write(file, keys)
    by = ", ".join(["its own stream", *keys.channels])
    typer.echo(f"{keys.client_id} is ready, reached by {by}; start it with: hjerteloeber synthetic run")


@app.command()
def run(
    file: File,
    url: Annotated[
        str, typer.Option(envvar="HJERTELOEBER_PUBLIC_URL", help="Where the API is, as phones reach it.")
    ] = "http://127.0.0.1:8000",
    dispatch_url: Annotated[
        str | None, typer.Option(help="Where dispatch systems reach it.", show_default="the same")
    ] = None,
    every: Annotated[float, typer.Option(help="Seconds from one to the next.", min=1)] = 60.0,
    limit: Annotated[float, typer.Option(help="Seconds the whole chain may take.", min=1)] = 10.0,
    rounds: Annotated[int | None, typer.Option(help="End after so many.", show_default="never")] = None,
    metrics_port: Annotated[
        int | None, typer.Option(envvar="HJERTELOEBER_SYNTHETIC_METRICS_PORT", help="Shows its figures, on loopback.")
    ] = None,
    dead_man_url: Annotated[
        str | None,
        typer.Option(
            envvar="HJERTELOEBER_DEAD_MAN_URL",
            help="https address of a watcher outside: called after every alarm that came through, never after another.",
        ),
    ] = None,
    log_format: Annotated[str, typer.Option(envvar="HJERTELOEBER_LOG_FORMAT", help="json or text")] = "json",
) -> None:
    """Raise an alarm every minute, answer it, and say how long each leg took. Ends with 1 when the last one failed."""
    import prometheus_client

    from backend.foundation.telemetry import start_logging, synthetic_registry
    from backend.rehearsal import key_file
    from backend.rehearsal import rounds as rehearsal
    from backend.rehearsal.dead_man import WrongUrl

    start_logging(log_format, "synthetic")
    if metrics_port is not None:
        prometheus_client.start_http_server(metrics_port, addr="127.0.0.1", registry=synthetic_registry)
    options = rehearsal.Options(url, file, every, limit, dead_man_url, dispatch_url)

    async def until_told() -> bool:
        told = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, told.set)
        return await rehearsal.run(options, told, rounds)

    try:
        went_well = asyncio.run(until_told())
    except (key_file.Unusable, WrongUrl) as wrong:
        stop(str(wrong))
    raise typer.Exit(0 if went_well or rounds is None else 1)


async def _made(
    connection: "Connection",
    hash_key: bytes,
    phone: str | None,
    fcm_token: str | None,
    before: "KeyFile | None",
    now: datetime,
) -> "KeyFile":
    import secrets

    from backend.cli.client import let_in
    from backend.foundation.ids import CentreId
    from backend.identity import refresh
    from backend.identity.client_keys import made_key
    from backend.identity.clients import scopes_of
    from backend.locations.places import set_place
    from backend.locations.position import FixedPlace
    from backend.regions.queries import centre_by_code
    from backend.rehearsal.key_file import KeyFile
    from backend.volunteers.enrol import enrol_synthetic
    from backend.volunteers.volunteer import Push, PushKind

    centre = await centre_by_code(connection, CENTRE, now)
    if centre is None or centre.kind != Kind.SYNTHETIC:
        stop(f"there is no centre {CENTRE} of kind synthetic: run `hjerteloeber migrate` first")
    lat, lon = (before.lat, before.lon) if before is not None else await _place_of_its_own(connection)
    name = f"synthetic-{secrets.token_hex(4)}"
    scopes = scopes_of(Kind.SYNTHETIC)
    private_key, key = made_key()
    await let_in(connection, CentreId(centre.id), Kind.SYNTHETIC, name, scopes, key, now)
    push = None if fcm_token is None else Push(PushKind.FCM_TOKEN, fcm_token)
    volunteer_id, device_id = await enrol_synthetic(connection, hash_key, phone, push, now)
    await set_place(connection, volunteer_id, FixedPlace.HOME, lat, lon, now)
    granted = [await refresh.begin(connection, volunteer_id, device_id, now) for _ in range(SPARE_TOKENS)]
    channels = [channel for channel, given in (("fcm", fcm_token), ("sms", phone)) if given is not None]
    tokens = [each.token for each in granted]
    return KeyFile(name, str(volunteer_id), tokens, lat, lon, channels, private_key)


async def _replace(connection: "Connection", before: "KeyFile", now: datetime) -> None:
    """The phone and the log-in of an earlier file go, as far as they are still there."""
    from uuid import UUID

    from backend.foundation.database import become
    from backend.foundation.ids import VolunteerId
    from backend.identity.queries_clients import disable_client
    from backend.locations.queries import forget
    from backend.volunteers.erase import erase
    from backend.volunteers.queries import lock_present

    await disable_client(connection, before.client_id, now)
    volunteer_id = VolunteerId(UUID(before.volunteer_id))
    await become(connection, volunteer_id)
    if await lock_present(connection, volunteer_id) is not None:
        await erase(connection, volunteer_id, now)
        await forget(connection, volunteer_id)


async def _place_of_its_own(connection: "Connection") -> tuple[float, float]:
    """So far from other synthetic phones that no alarm reaches two of them: 0.2 degrees are 22 km."""
    from backend.volunteers.queries import count_of_kind

    number = await count_of_kind(connection, Kind.SYNTHETIC)
    return 55.0 + 0.2 * (number % 10), 9.0 + 0.4 * (number // 10 % 8)
