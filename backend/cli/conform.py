"""`hjerteloeber conform`: does a server, or a vendor's client, keep the dispatch contract?"""

import asyncio
import json
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from backend.conform.verdict import Verdict

FOR_A_CLIENT_S = 900.0


def conform(
    url: Annotated[
        str | None, typer.Argument(help="The server to examine, such as https://alarm.example.", show_default=False)
    ] = None,
    client_id: Annotated[
        str | None, typer.Option(help="Of a client of the centre amk-test: `hjerteloeber client add`.")
    ] = None,
    key_file: Annotated[Path | None, typer.Option(help="Its private key: PEM.")] = None,
    i_know: Annotated[
        bool, typer.Option("--i-know", help="Report although these would be no tests. People may be rung.")
    ] = False,
    at: Annotated[
        str | None, typer.Option(metavar="LAT,LON", help="Where the arrests are.", show_default="Odense")
    ] = None,
    for_client: Annotated[
        bool, typer.Option("--for-client", help="Examine a client instead: play a difficult server to it.")
    ] = False,
    public_key: Annotated[
        Path | None, typer.Option(help="With --for-client: the client's public key, PEM or JWK.")
    ] = None,
    listen: Annotated[int, typer.Option(help="Port to play the server on.", min=0, max=65535)] = 8700,
    host: Annotated[str, typer.Option(help="Address to play it on.")] = "127.0.0.1",
    within: Annotated[float, typer.Option(help="Seconds after which a client is judged by what it has done.")] = (
        FOR_A_CLIENT_S
    ),
    speed: Annotated[
        float, typer.Option(help="How much shorter every wait is: 61 s last 3 s at 20.", min=0.1, max=1000)
    ] = 1.0,
) -> None:
    """Examine whoever speaks the dispatch contract: one sentence a check, one JSON line at the end.

    A server: `hjerteloeber conform URL --client-id … --key-file …`. It takes a good minute, reports made-up cases
    into the test centre and closes each. A client: `hjerteloeber conform --for-client --public-key …`, then point
    the client at it.

    Ends with 0 when everything held, 1 when something did not, 2 when it could not begin.
    """
    if for_client == (url is not None):
        _cannot("name the server to examine, or say --for-client")
    if for_client:
        if public_key is None:
            _cannot("--public-key is needed: the key the client logs in with")
        verdict = _client(host, listen, within, speed, public_key)
    else:
        if client_id is None or key_file is None:
            _cannot("--client-id and --key-file are needed to log in")
        verdict = _server(str(url), client_id, key_file, speed, i_know, at)
    typer.echo(json.dumps(verdict.figures()))
    raise typer.Exit(0 if verdict.passed else 1)


def _server(url: str, client_id: str, key_file: Path, speed: float, any_kind: bool, at: str | None) -> "Verdict":
    from backend.conform.judge_server import CannotBegin, NotATestCentre, judge_server

    try:
        where = None if at is None else _point(at)
        return asyncio.run(
            judge_server(
                url, client_id, key_file.read_bytes(), tell=typer.echo, speed=speed, any_kind=any_kind, at=where
            )
        )
    except OSError as unreadable:
        _cannot(f"the key cannot be read: {unreadable.strerror}")
    except ValueError as no_key:
        _cannot(f"{key_file}: {no_key}")
    except CannotBegin as why:
        _cannot(str(why))
    except NotATestCentre as centre:
        _cannot(f"this client's reports are of kind {centre.kind}, not test: people may be rung. Nothing was reported")


def _client(host: str, port: int, within_s: float, speed: float, public_key: Path) -> "Verdict":
    from backend.cli.client_files import public_key_in
    from backend.conform.judge_client import judge_client
    from backend.conform.trial import Trial
    from backend.identity.jose import members_of

    registered = members_of(public_key_in(public_key))

    async def run() -> "Verdict":
        stopped = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        trial = Trial(speed=speed, registered=registered)
        return await judge_client(trial, host, port, within_s=within_s, tell=typer.echo, stopped=stopped)

    try:
        return asyncio.run(run())
    except OSError as taken:
        _cannot(f"cannot listen on {host}:{port}: {taken.strerror}")


def _point(text: str) -> tuple[float, float]:
    try:
        lat, lon = (float(part) for part in text.split(","))
    except ValueError:
        _cannot("--at is LAT,LON, such as 55.4038,10.4024")
    return lat, lon


def _cannot(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(2)
