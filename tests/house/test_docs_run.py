"""What the documents tell a newcomer to type is typed here, against the demo's own processes."""

import asyncio
import os
import re
import shlex
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend.cli.migrating import bring_up_to_date
from backend.demo import parts, seeding
from backend.demo.folder import Folder
from backend.demo.ports import HOST
from backend.demo.supervisor import Supervisor
from backend.regions import shipped
from tests.harness.running import _three_free_ports as three_free_ports

DOCS = Path(__file__).parents[2] / "docs"
STAND_IN = Path(__file__).with_name("curl_stand_in.py")


@pytest.fixture
async def demo(database_dsn: str, tmp_path: Path) -> AsyncIterator[dict[str, str]]:
    """The demo without its simulated people: what the documents' shell finds in its environment."""
    await bring_up_to_date(database_dsn)
    folder = Folder(tmp_path / "demo")
    folder.prepare()
    towns = [place for place in shipped.places() if place.name in ("Copenhagen", "Skagen")]
    await seeding.fill(
        database_dsn, folder, towns, volunteers=100, aeds=30, newcomer_count=0, seed=1, tell=lambda _line: None
    )
    api, fcm, sms = (f"http://{HOST}:{port}" for port in three_free_ports())
    at = parts.Addresses(api, fcm, sms, database_dsn)
    environment = parts.settings(folder, at)
    async with Supervisor(folder.logs, lambda _line: None) as them:
        await asyncio.gather(*(them.start(part(folder, at)) for part in (parts.fcm_server, parts.sms_server)))
        await asyncio.gather(them.start(parts.api(at, environment)), them.start(parts.worker(environment)))
        yield {"API": api, "DEMO": str(folder.path), "PYTHON": sys.executable}


def commands(document: Path) -> str:
    """Everything between ```sh and ``` in a document."""
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", document.read_text("utf-8"), re.MULTILINE | re.DOTALL))


async def typed(script: str, environment: dict[str, str], folder: Path) -> list[str]:
    """The lines a shell prints; fails with everything it said when a command fails."""
    programs = folder / "programs"
    programs.mkdir()
    if shutil.which("curl") is None:
        stand_in = programs / "curl"
        stand_in.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(STAND_IN))} "$@"\n')
        stand_in.chmod(0o755)
    shell = await asyncio.create_subprocess_exec(
        *("bash", "-eu", "-o", "pipefail", "-c", script),
        cwd=folder,
        env=os.environ | environment | {"PATH": f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, said = await asyncio.wait_for(shell.communicate(), 60)
    assert shell.returncode == 0, out.decode() + said.decode()
    return out.decode().splitlines()


async def test_a_dispatch_system_can_be_connected_as_the_document_says(demo: dict[str, str], tmp_path: Path) -> None:
    lines = await typed(commands(DOCS / "dispatchers.md"), demo, tmp_path)
    assert lines[:4] == ["asked", "asked", "20", "chosen"], "reported twice, one incident, the nearest chosen"
    assert "event: wave_asked" in lines
    rest = "\n".join(lines)
    assert re.search(
        r"^2\n\{\"sent\":\d+,\"stopped\":\d+,\"late\":\d+,\"reason\":\"\w+\"\}unsafe_scene\nasked\n", rest, re.MULTILINE
    )


async def test_an_app_can_be_written_as_the_document_says(demo: dict[str, str], tmp_path: Path) -> None:
    lines = await typed(commands(DOCS / "app-developers.md"), demo, tmp_path)
    said = "\n".join(lines)
    assert '{"outcome":"accepted","reason":null},{"outcome":"refused","reason":"out_of_range"}]}True\nringing\n' in said
    assert "event: alerts" in lines
    accepted = lines.index("ringing", lines.index("ringing") + 1) + 1
    role, _address, *statuses = lines[accepted : accepted + 6]
    assert role in ("direct", "aed")
    assert statuses == ["accepted", "accepted", "accepted", "finished"]
