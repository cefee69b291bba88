"""A Python client made from a file in openapi/ by openapi-python-client, as a stranger would."""

import asyncio
import importlib
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from backend.app.openapi.document import Document
from tests.harness.dispatching import LoggedIn

OPENAPI = Path(__file__).parents[2] / "openapi"


class Generated:
    """A generated client as an import: `client.call("alerts.read_alerts")`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def module(self, path: str) -> ModuleType:
        return importlib.import_module(f"{self.name}.{path}")

    def models(self) -> Any:
        return self.module("models")

    def client(self, url: str, token: str | None = None) -> Any:
        module = self.module("client")
        return module.Client(base_url=url) if token is None else module.AuthenticatedClient(base_url=url, token=token)

    def system(self, who: LoggedIn) -> Any:
        """A dispatch system: the generated client, and beside it what signs its requests."""
        hooks = {"event_hooks": {"request": [who.prove]}}
        return self.module("client").AuthenticatedClient(who.url, token=who.token, prefix="DPoP", httpx_args=hooks)

    def call(self, path: str) -> Any:
        return self.module(f"api.{path}").asyncio_detailed


async def generate_in(folder: Path, which: Document) -> Generated:
    """Make a package of a document in a folder that is on the import path."""
    name = f"generated_{which.value.replace('-', '_')}"
    process = await asyncio.create_subprocess_exec(
        *(str(Path(sys.executable).with_name("openapi-python-client")), "generate", "--meta", "none"),
        *("--path", str(OPENAPI / f"{which}.json"), "--output-path", str(folder / name), "--fail-on-warning"),
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},  # it formats by ruff
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return Generated(name)
