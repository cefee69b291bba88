"""A wrong word on the command line is answered with one readable sentence, never with a traceback."""

import ast
from pathlib import Path

import pytest
from typer.testing import CliRunner

from backend.cli.commands import app

CLI = Path(__file__).parents[2] / "backend/cli"
NOWHERE = ["--database-url", "postgresql://nobody@127.0.0.1:1/none"]
WRONG = [
    ["channel", "off", "pigeon", *NOWHERE],
    ["channel", "on", "FCM ", *NOWHERE],
    ["serve", "--only", "nobody"],
    ["report", "delivery", "--kind", "real", *NOWHERE],
    ["centre", "forget-feed", "amk-test", "--kind", "real", *NOWHERE],
    ["centre", "attention", "amk-test", "--acknowledges", "nobody", *NOWHERE],
    ["journal", "replay", "no-id", *NOWHERE],
]


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_a_wrong_choice_is_one_sentence_and_exit_code_2(words: list[str]) -> None:
    done = CliRunner().invoke(app, words, env={"TERMINAL_WIDTH": "300", "COLUMNS": "300"})

    assert (done.exit_code, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    complaints = [line for line in done.stderr.splitlines() if "Invalid value" in line]
    assert len(complaints) == 1, done.stderr


@pytest.mark.parametrize("path", sorted(CLI.glob("*.py")), ids=lambda path: path.stem)
def test_no_command_imports_click(path: Path) -> None:
    """Typer may bring its own: then click's exceptions are nobody's, and end in a traceback."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert not any(name.split(".")[0] == "click" for name in names)
