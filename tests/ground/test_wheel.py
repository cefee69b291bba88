"""What production installs is whole: migrations, shipped data and pages travel with the code."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[2]


def test_the_wheel_carries_every_file_of_both_packages(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path], cwd=ROOT, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as packed:
        carried = set(packed.namelist())
    there = {
        str(path.relative_to(ROOT))
        for package in ("backend", "campaigns")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert there <= carried
    assert any(name.endswith(".sql") for name in there)
    assert {name.partition("/")[0] for name in carried if ".dist-info/" not in name} == {"backend", "campaigns"}, (
        "no test"
    )
