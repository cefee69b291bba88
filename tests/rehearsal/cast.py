"""Who plays: an operator at the command line, beside the service as it runs in earnest."""

import asyncio
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.demo.parts import PROGRAM
from tests.harness.running import Service

SQUARE = ("--lat", "55.6761", "--lon", "12.5683")
ELSEWHERE = {"system": "WGS84", "lat": 55.0, "lon": 9.0}


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def last(self) -> dict[str, Any]:
        """The JSON object a command ends with."""
        found: dict[str, Any] = json.loads(self.out.strip().rpartition("\n")[2])
        return found


class Operator:
    """Types commands, with the settings of the running service."""

    def __init__(self, service: Service) -> None:
        self.service = service

    @property
    def environment(self) -> dict[str, str]:
        ours = {
            "HJERTELOEBER_DATABASE_URL": self.service.dsn,
            "HJERTELOEBER_PUBLIC_URL": self.service.url,
            "HJERTELOEBER_PHONE_HASH_KEY_FILE": str(self.service.folder.phone_hash_key),
            "HJERTELOEBER_DATA_KEY_FILE": str(self.service.folder.data_key),
        }
        return {key: value for key, value in os.environ.items() if not key.startswith("HJERTELOEBER_")} | ours

    async def starts(self, *words: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *(str(PROGRAM), *words),
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def types(self, *words: str) -> Said:
        process = await self.starts(*words)
        out, err = await process.communicate()
        assert process.returncode is not None
        return Said(process.returncode, out.decode(), err.decode())


def lines(path: Path) -> list[dict[str, Any]]:
    """A stand-in's record."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
