"""What the phones themselves saw and did: one JSON line for each thing, written before the next is done.

The numbers in it are made up; it lies in the demo's own folder and nowhere else.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

Value = str | int | float | bool | None


class Notebook:
    """An append-only log. `what` is one of: signed_up, signed_in, position, ring_seen, text_seen, receipt, answer,
    status, aed_problem, give_up, read, ended, trouble."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: TextIO = path.open("a", encoding="utf-8", buffering=1)

    def note(self, phone: str, what: str, **facts: Value) -> None:
        line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "phone": phone, "what": what, **facts}
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def close(self) -> None:
        self._file.close()
