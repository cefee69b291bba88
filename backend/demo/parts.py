"""Which processes a demo is made of, how each is called, and when it is ready."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from backend.demo.fcm_account import make_service_account
from backend.demo.folder import Folder
from backend.demo.ports import HOST, free_port
from backend.demo.supervisor import Part, PartFailed

PROGRAM = Path(sys.executable).with_name("hjerteloeber")
PYTHON = sys.executable
FCM_PORT, SMS_PORT, SYNTHETIC_PORT = 8090, 8091, 8092
SYNTHETIC_EVERY_S = 20.0  # a newcomer looks for a minute or two


@dataclass(frozen=True)
class Addresses:
    """Where everything listens."""

    api: str
    fcm: str
    sms: str
    database: str


def choose_addresses(database: str, port: int) -> Addresses:
    """The wished port for the API, and others beside it; whatever is taken is passed over."""
    api = free_port(port)
    fcm = free_port(FCM_PORT, frozenset({api}))
    sms = free_port(SMS_PORT, frozenset({api, fcm}))
    return Addresses(f"http://{HOST}:{api}", f"http://{HOST}:{fcm}", f"http://{HOST}:{sms}", database)


def settings(folder: Folder, at: Addresses) -> dict[str, str]:
    """The environment of API and worker. Makes the push provider's account: its token address has just been chosen."""
    make_service_account(folder.service_account, f"{at.fcm}/token")
    return {
        "HJERTELOEBER_DATABASE_URL": at.database,
        "HJERTELOEBER_SIGNING_KEY_FILE": str(folder.signing_key),
        "HJERTELOEBER_PHONE_HASH_KEY_FILE": str(folder.phone_hash_key),
        "HJERTELOEBER_DATA_KEY_FILE": str(folder.data_key),
        "HJERTELOEBER_PUBLIC_URL": at.api,
        "HJERTELOEBER_FCM_SERVICE_ACCOUNT_FILE": str(folder.service_account),
        "HJERTELOEBER_FCM_URL": at.fcm,
        "HJERTELOEBER_SMS_GATEWAY_URL": at.sms,
        "HJERTELOEBER_SMS_GATEWAY_TOKEN_FILE": str(folder.sms_token),
        "HJERTELOEBER_MAP_FOLDER": str(folder.map),
        "HJERTELOEBER_DEMO": "true",
        "HJERTELOEBER_WEBHOOK_LOOPBACK": "true",  # a dispatch system on this machine, too, can be called
        "HJERTELOEBER_LIVE_ALARMS_AN_HOUR": "1000000",  # a demo's day lasts minutes
        # What only /demo/phone needs; no settings of the platform.
        "DEMO_SMS_URL": at.sms,
        "DEMO_CENTRES_FILE": str(folder.centres),
    }


def fcm_server(folder: Folder, at: Addresses) -> Part:
    options = ("--service-account", str(folder.service_account), "--log", str(fcm_log(folder)))
    return Part(
        "fcm", (PYTHON, "-m", "backend.demo.fcm_server", "--port", _port(at.fcm), *options), is_ready=answers(at.fcm)
    )


def sms_server(folder: Folder, at: Addresses) -> Part:
    options = ("--token-file", str(folder.sms_token), "--log", str(sms_log(folder)))
    return Part(
        "sms", (PYTHON, "-m", "backend.demo.sms_server", "--port", _port(at.sms), *options), is_ready=answers(at.sms)
    )


def api(at: Addresses, environment: dict[str, str]) -> Part:
    command = (PYTHON, "-m", "backend.demo.serve", "--host", HOST, "--port", _port(at.api))
    return Part("api", command, environment, is_ready=answers(at.api, "/health/ready"), restarts=True)


def worker(environment: dict[str, str]) -> Part:
    platform = {key: value for key, value in environment.items() if key.startswith("HJERTELOEBER_")}
    return Part("worker", (str(PROGRAM), "work"), platform, says="worker_started", restarts=True)


def phones(folder: Folder, at: Addresses, seed: int, pace: float, newcomers_every_s: float) -> Part:
    command = (
        *(PYTHON, "-m", "backend.demo.phones"),
        *("--api", at.api, "--pushes", f"{at.fcm}/device/stream", "--texts", f"{at.sms}/stream"),
        *("--book", str(folder.book), "--log", str(folder.phones_log)),
        *("--seed", str(seed), "--pace", str(pace), "--newcomers-every", str(newcomers_every_s)),
    )
    return Part("phones", command, restarts=True)


def dispatcher(folder: Folder, at: Addresses, seed: int, pace: float, every_s: float) -> Part:
    command = (
        *(PYTHON, "-m", "backend.demo.dispatcher", "--api", at.api, "--centres", str(folder.centres)),
        *("--seed", str(seed), "--pace", str(pace), "--every", str(every_s)),
    )
    return Part("dispatch", command, restarts=True)


def synthetic(folder: Folder, at: Addresses, metrics_port: int) -> Part:
    command = (
        *(str(PROGRAM), "synthetic", "run", "--file", str(folder.synthetic), "--url", at.api),
        *("--every", str(SYNTHETIC_EVERY_S), "--metrics-port", str(metrics_port)),
    )
    return Part("synthetic", command, restarts=True)


async def migrate(environment: dict[str, str]) -> None:
    """Runs `hjerteloeber migrate` to its end. Raises PartFailed with its last words."""
    await _to_its_end("the database could not be brought up to date", environment, "migrate")


async def prepare_synthetic(folder: Folder, environment: dict[str, str]) -> None:
    """The synthetic alarm's log-ins, with a push address that the local FCM server knows how to take."""
    words = ("synthetic", "prepare", "--file", str(folder.synthetic), "--fcm-token", "synthetic-phone")
    await _to_its_end("the synthetic alarm could not be prepared", environment, *words)


async def _to_its_end(or_else: str, environment: dict[str, str], *words: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *(str(PROGRAM), *words), env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    if process.returncode != 0:
        last = said.decode(errors="replace").strip().rpartition("\n")[2]
        raise PartFailed(f"{or_else}: {last}")


def fcm_log(folder: Folder) -> Path:
    return folder.logs / "fcm-accepted.jsonl"


def sms_log(folder: Folder) -> Path:
    return folder.logs / "sms-accepted.jsonl"


def answers(url: str, path: str = "/health") -> Callable[[], Awaitable[bool]]:
    """Whether a GET is answered with 200."""

    async def look() -> bool:
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session,
                session.get(url + path) as response,
            ):
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    return look


def _port(url: str) -> str:
    return url.rsplit(":", 1)[1]
