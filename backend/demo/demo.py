"""`hjerteloeber demo`: everything on one machine, until Ctrl-C."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from rich.console import Console
from rich.live import Live

from backend.demo import campaign_people, campaign_site, parts, queries, seeding, staff_people
from backend.demo.campaign_people import LOG_INS
from backend.demo.campaign_site import CampaignSite
from backend.demo.dispatch_client import DispatchClient
from backend.demo.embedded_postgres import Server, ServerError, data_home, running_server
from backend.demo.folder import CLONE, Folder, Made
from backend.demo.live_view import news_between, screen
from backend.demo.ports import HOST, free_port
from backend.demo.postgres_binaries import NoPostgres
from backend.demo.supervisor import PartFailed, Supervisor, together
from backend.demo.synthetic_line import LastOk, heard_of
from backend.demo.watch import Snapshot, look
from backend.foundation.clock import COPENHAGEN
from backend.regions import shipped

DATABASE = "hjerteloeber"
MOST_AEDS = 25_000  # about as many as are registered in Denmark
NEWCOMERS = 40
LOOK_EVERY_S = 1.0


@dataclass(frozen=True)
class Options:
    """What `hjerteloeber demo` can be told."""

    volunteers: int = 20_000
    port: int = 8000
    pace: float = 10.0
    every_s: float = 6.0
    seed: int = 1
    fresh: bool = False
    as_json: bool = False
    home: Path | None = None
    campaign_days: int = campaign_site.LENGTH.days


def run(options: Options) -> int:
    """Blocks until stopped; 0 after Ctrl-C or SIGTERM, 1 when a part is lost for good."""
    folder, database_home = homes(options.home)
    try:
        # First, because it is also the lock: two demos never share a folder.
        with running_server(database_home, fast=False) as server:
            if options.fresh:
                folder.start_over()
            folder.prepare()
            return asyncio.run(_run(options, folder, server))
    except (ServerError, NoPostgres) as reason:
        sys.stderr.write(f"{reason}\n")
        return 1


def homes(home: Path | None) -> tuple[Folder, Path]:
    """Where the demo's own things and its database lie: in the clone, or in `home`."""
    if home is not None:
        return Folder(home / "demo"), home / "postgres"
    return Folder(CLONE / ".state" / "demo"), data_home(CLONE, "demo-postgres")


async def _run(options: Options, folder: Folder, server: Server) -> int:
    console = Console(stderr=options.as_json)
    screen_of = Screen(console)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    at = parts.choose_addresses(server.dsn(DATABASE), options.port)
    metrics_port = free_port(parts.SYNTHETIC_PORT)
    site = CampaignSite(
        url=f"http://{HOST}:{free_port(campaign_site.PORT)}",
        database=at.database,
        sign_up=at.api,
        issuer=f"http://{HOST}:{free_port(campaign_people.PORT)}",
        seed=options.seed,
        days=options.campaign_days,
    )
    screen_of.tell(_console(at))
    try:
        async with Supervisor(folder.logs, screen_of.tell) as them:
            starting = asyncio.create_task(
                _start(options, folder, server, at, site.issuer, metrics_port, them, screen_of.tell)
            )
            made = await _unless(stopped, starting)
            if made is not None:
                links = _links(at, made)
                _say_where(options, console, at, made, site, links)
                beside = asyncio.create_task(_recruit(options, site, them, screen_of.tell, links))
                await _watch(screen_of, them, at, metrics_port, made, links, stopped)
                beside.cancel()
                await asyncio.gather(beside, return_exceptions=True)
            screen_of.tell("Stopping every process; the data stay for the next start.")
            return 1 if them.lost.is_set() else 0
    except PartFailed as failed:
        console.print(str(failed), style="red", markup=False, soft_wrap=True)
        console.print("Data of another version, or damaged? `--fresh` starts over.")
        return 1


async def _start(
    options: Options,
    folder: Folder,
    server: Server,
    at: parts.Addresses,
    issuer: str,
    metrics_port: int,
    them: Supervisor,
    tell: Callable[[str], None],
) -> Made:
    """Everything from the database to the first arrest, in order; told with its time."""
    start = time.monotonic()

    def timed(line: str) -> None:
        tell(f"{time.monotonic() - start:5.1f} s  {line}")

    timed(f"PostgreSQL listens on port {server.port}")
    made = folder.made()
    new = made is None
    await queries.make_database(server.dsn(), DATABASE, anew=new)
    environment = parts.settings(folder, at) | staff_people.settings(issuer, folder.staff_secret)
    # What does not wait for one another begins together: that halves the start on two cores.
    await together(
        parts.migrate({**os.environ, **environment}),
        them.start(parts.fcm_server(folder, at)),
        them.start(parts.sms_server(folder, at)),
    )
    timed("the database is up to date, local FCM and SMS servers are up")
    made = await together(
        _people(options, folder, at, made, timed),
        staff_people.let_in(at.database),
        them.start(parts.api(at, environment)),
        them.start(parts.worker(environment)),
        them.start(campaign_people.provider(issuer)),
    )
    timed("API and worker are up")
    await together(
        _synthetic(folder, at, environment, metrics_port, them, prepare=new or not folder.synthetic.exists()),
        them.start(parts.phones(folder, at, made.seed, options.pace, newcomers_every_s=5.0)),
        them.start(parts.dispatcher(folder, at, made.seed, options.pace, options.every_s)),
    )
    timed("phones are listening, dispatch centres are at work")
    return made


async def _people(
    options: Options, folder: Folder, at: parts.Addresses, made: Made | None, timed: Callable[[str], None]
) -> Made:
    if made is not None:
        await seeding.wake(at.database, shipped.places(), made)
        timed(f"{made.volunteers:,} hjerteløbere are still there (--fresh starts over)")
        return made
    return await seeding.fill(
        at.database,
        folder,
        shipped.places(),
        volunteers=options.volunteers,
        aeds=min(options.volunteers, MOST_AEDS),
        newcomer_count=NEWCOMERS,
        seed=options.seed,
        tell=timed,
    )


async def _synthetic(
    folder: Folder,
    at: parts.Addresses,
    environment: dict[str, str],
    metrics_port: int,
    them: Supervisor,
    *,
    prepare: bool,
) -> None:
    if prepare:
        await parts.prepare_synthetic(folder, {**os.environ, **environment})
    await them.start(parts.synthetic(folder, at, metrics_port))


async def _recruit(
    options: Options, site: CampaignSite, them: Supervisor, tell: Callable[[str], None], links: list[str]
) -> None:
    """The campaign, beside everything else: alarms neither wait for it nor end with it."""
    try:
        ready = await campaign_site.start(site, datetime.now(COPENHAGEN).date(), them, tell)
    except PartFailed as failed:
        tell(f"There is no campaign site: {failed}")
        return
    more = campaign_site.links(site, ready)
    links += more
    for line in more:
        tell(line)
    if options.as_json:
        _write_line({"campaign": msgspec.to_builtins(ready)})


async def _watch(
    screen_of: "Screen",
    them: Supervisor,
    at: parts.Addresses,
    metrics_port: int,
    made: Made,
    links: list[str],
    stopped: asyncio.Event,
) -> None:
    """Look every second until stopped, or until a part is lost for good."""
    async with aiohttp.ClientSession() as session:
        clients = [DispatchClient(session, at.api, centre, retry_for_s=5) for centre in made.centres]
        with screen_of.live():
            while not stopped.is_set() and not them.lost.is_set():
                snapshot = await look(session, at.api, clients)
                screen_of.show(snapshot, them, links, await heard_of(session, metrics_port))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopped.wait(), LOOK_EVERY_S)


class Screen:
    """A live screen in a terminal; plain lines anywhere else."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._told: deque[str] = deque(maxlen=50)
        self._before: Snapshot | None = None
        self._live: Live | None = None

    def tell(self, line: str) -> None:
        self._told.append(line)
        if self._live is None:
            self._console.print(line, highlight=False, markup=False, soft_wrap=True)

    def show(self, snapshot: Snapshot, them: Supervisor, links: list[str], synthetic: LastOk | None) -> None:
        for line in news_between(self._before, snapshot):
            self.tell(f"{snapshot.at.astimezone():%H:%M:%S} {line}")
        self._before = snapshot
        if self._live is not None:
            shown = screen(snapshot, them.parts.values(), links, list(self._told), synthetic)
            self._live.update(shown, refresh=True)

    @contextlib.contextmanager
    def live(self):  # type: ignore[no-untyped-def]
        if not self._console.is_terminal:
            yield
            return
        with Live(console=self._console, screen=True, auto_refresh=False) as self._live:
            yield
        self._live = None


def _links(at: parts.Addresses, made: Made) -> list[str]:
    return [
        _console(at),
        f"A phone in the browser  {at.api}/demo/phone",
        f"Sign up in a browser    {at.api}/tilmelding (the code: {at.sms}/log)",
        f"API documentation       {at.api}/docs",
        f"Health                  {at.api}/health/ready",
        f"Dispatch log-in         {made.centres[0].client_id} (its key: .state/demo/centres.json, or --json)",
    ]


def _console(at: parts.Addresses) -> str:
    first, *others = (each.user for each in staff_people.LOG_INS)
    return f"Dispatchers' console    {at.api}/konsol/tavle (sign in as: {first}; or {', '.join(others)})"


def _say_where(
    options: Options, console: Console, at: parts.Addresses, made: Made, site: CampaignSite, links: list[str]
) -> None:
    if not options.as_json:
        for line in links:
            console.print(line, highlight=False, soft_wrap=True)
        return
    addresses = {
        "api": at.api,
        "docs": f"{at.api}/docs",
        "health": f"{at.api}/health/ready",
        "phone": f"{at.api}/demo/phone",
        "sign_up": f"{at.api}/tilmelding",
        "console": f"{at.api}/konsol/tavle",
        "campaigns": site.url,  # this and the two below answer a while later; a line of its own says when
        "numbers": site.numbers,
        "managers": {"sign_in": site.issuer, "people": msgspec.to_builtins(LOG_INS)},
        "fcm": at.fcm,
        "sms": at.sms,
        "database": at.database,
        "token_url": f"{at.api}/oauth/token",
        "dispatch": msgspec.to_builtins(made.centres),
        "phones": made.try_phones,
        "volunteers": made.volunteers,
        "pace": options.pace,
        "logs": str(homes(options.home)[0].logs),
    }
    _write_line(addresses)


def _write_line(told: dict[str, Any]) -> None:
    sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
    sys.stdout.flush()


async def _unless(stopped: asyncio.Event, starting: "asyncio.Task[Made]") -> Made | None:
    """The start's result; None when somebody stopped it first."""
    waiting = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait({waiting, starting}, return_when=asyncio.FIRST_COMPLETED)
        return await starting if starting.done() else None
    finally:
        waiting.cancel()
        starting.cancel()
