"""`.ci/run` itself: it says yes when everything passed, and no when anything did not."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

CI_RUN = Path(__file__).parents[2] / ".ci" / "run"


def project(folder: Path, recipe: str) -> Path:
    """A clean checkout whose `make test` is one line."""
    (folder / ".ci").mkdir(parents=True)
    (folder / ".ci" / "run").write_bytes(CI_RUN.read_bytes())
    (folder / "Makefile").write_text(f"test:\n\t@{recipe}\n", "utf-8")
    who = ["-c", "user.name=a test", "-c", "user.email=test@example.org"]
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "all"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


def ci_run(checkout: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["bash", ".ci/run"],
        cwd=checkout,
        env={**os.environ, "CI": "true"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def test_it_passes_when_every_run_passes(tmp_path: Path) -> None:
    ran = ci_run(project(tmp_path / "checkout", "echo ran as $$(id -un)"))

    assert ran.returncode == 0, ran.stdout
    assert ran.stdout.count("ran as ") == (2 if os.geteuid() == 0 else 1), ran.stdout


@pytest.mark.parametrize("whose", ["everybody's", "an ordinary user's"])
def test_it_fails_when_a_run_fails(tmp_path: Path, whose: str) -> None:
    """Root's own run may pass where an ordinary user's does not: that is what the second one is for."""
    recipe = "false" if whose == "everybody's" or os.geteuid() != 0 else "test $$(id -u) = 0"

    ran = ci_run(project(tmp_path / "checkout", recipe))

    assert ran.returncode != 0, ran.stdout


def test_as_root_it_fails_when_a_process_outlives_the_ordinary_users_tests(tmp_path: Path) -> None:
    """An ordinary user's own run cannot tell what is left from what else that user does."""
    checkout = project(tmp_path / "checkout", "setsid sleep 300 >/dev/null 2>&1 & echo $$! > left.pid")

    ran = ci_run(checkout)
    os.kill(int((checkout / "left.pid").read_text("utf-8")), signal.SIGKILL)

    as_root = os.geteuid() == 0
    assert (ran.returncode != 0) is as_root, ran.stdout
    assert ("outlived the tests" in ran.stdout) is as_root
