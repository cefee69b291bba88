"""What a thief of a database's copy could read in it."""

import os
import subprocess

from backend.demo.postgres_binaries import find_binaries


def dump_of(dsn: str) -> bytes:
    """Everything, as `pg_dump` writes it."""
    return subprocess.run(
        [find_binaries().folder / "pg_dump", "--no-owner", f"--dbname={dsn}"],
        check=True,
        capture_output=True,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
    ).stdout


def traces(copy: bytes, *canaries: str) -> list[str]:
    """Which of these can be found in it: as they are, or as the hexadecimal digits a dump writes bytes in."""
    return [each for each in canaries if each.encode() in copy or each.encode().hex().encode() in copy]
