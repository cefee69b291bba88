"""What the pages are drawn with: ours to serve, small, and exactly what the locked packages give."""

import re
import subprocess
from pathlib import Path

from backend.signup.files import files
from tests.signup.conftest import NewBrowser

ROOT = Path(__file__).parents[2]
LOOK = ROOT / "backend" / "signup" / "look"
OWN = {"pages.css", "heart.svg"}
MOST_BYTES = 400_000


def test_what_is_committed_is_what_the_lock_makes(tmp_path: Path) -> None:
    subprocess.run([Path(__file__).with_name("parts") / "build.sh", tmp_path], check=True, capture_output=True)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    committed = {path.name: path.read_bytes() for path in LOOK.iterdir() if path.name not in OWN}
    assert made.keys() == committed.keys(), "make look"
    assert {name for name in made if made[name] != committed[name]} == set(), "make look"


def test_it_is_small_and_bears_no_authority_s_logo() -> None:
    assert sum(path.stat().st_size for path in LOOK.iterdir()) < MOST_BYTES
    assert [path.name for path in LOOK.iterdir() if "logo" in path.name] == []
    assert not re.search(r"borger\.?dk|virk\.?dk|logo", (LOOK / "dkfds.css").read_text("utf-8"))


def test_nothing_a_style_sheet_asks_for_is_missing_or_elsewhere() -> None:
    for sheet in LOOK.glob("*.css"):
        for wanted in re.findall(r"url\(([^)]*)\)", sheet.read_text("utf-8")):
            assert wanted in files(), wanted


async def test_every_file_is_served_with_its_type_and_may_be_kept(new_browser: NewBrowser) -> None:
    anna = new_browser()
    types = {"css": "text/css; charset=utf-8", "woff2": "font/woff2", "svg": "image/svg+xml"}
    for name, content in files().items():
        answer = await anna.opens(f"/tilmelding/filer/{name}")
        assert (answer.status_code, answer.content) == (200, content)
        assert answer.headers["content-type"] == types[name.rpartition(".")[2]]
        assert "max-age=31536000" in answer.headers["cache-control"]
