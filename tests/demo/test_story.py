"""The story itself, with its separate processes, fast: every witness agrees, also when it is made with another seed."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

PROGRAM = Path(sys.executable).with_name("hjerteloeber")


def tell(*options: str) -> tuple[dict[str, Any], str]:
    """The last line's figures, and everything that was printed."""
    told = subprocess.run(
        [PROGRAM, "story", "--json", "--pace", "60", *options], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stdout[-6000:] + told.stderr[-2000:]
    return json.loads(told.stdout.splitlines()[-1]), told.stdout


def test_the_story_ends_well_with_somebody_direct_and_somebody_fetching() -> None:
    """The default seed has five acceptors or more."""
    figures, printed = tell()
    assert list(figures) == ["incident", "alerted", "first_push_ms", "all_pushes_ms", "accepted", "roles", "journal"]
    assert figures["alerted"] == 20
    assert figures["accepted"] >= 5
    assert figures["roles"]["aed"] >= 1
    assert figures["roles"]["direct"] >= 1
    assert "pace 60" in printed


def test_a_story_too_fast_for_its_text_messages_is_not_begun() -> None:
    told = subprocess.run([PROGRAM, "story", "--pace", "61"], capture_output=True, text=True, check=False)
    assert (told.returncode, "--pace" in told.stderr) == (2, True)


def test_the_story_is_true_in_another_town_too() -> None:
    figures, _ = tell("--seed", "5")
    assert figures["alerted"] == 20
    assert figures["roles"]["aed"] + figures["roles"]["direct"] == figures["accepted"]
