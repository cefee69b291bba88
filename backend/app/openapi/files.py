"""The files in openapi/ and this version's routes: written from them, compared with them."""

import json
from pathlib import Path

from backend.app.openapi.document import Document, make


def write_files(folder: Path) -> list[Path]:
    """Write every document into `folder`; return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for which in Document:
        path = folder / f"{which}.json"
        path.write_text(text(which), "utf-8")
        paths.append(path)
    return paths


def different(folder: Path) -> list[Path]:
    """The files that do not say what this version serves, or are missing."""
    paths = [(folder / f"{which}.json", which) for which in Document]
    return [path for path, which in paths if not path.is_file() or path.read_text("utf-8") != text(which)]


def text(which: Document) -> str:
    """A document as it stands in its file."""
    return json.dumps(make(which), ensure_ascii=False, indent=2) + "\n"
