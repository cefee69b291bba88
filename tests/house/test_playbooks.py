"""Who is woken finds a playbook of the alarm's name, and what it tells them to type works."""

import re
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import typer
import yaml

from backend.api.health import REASONS
from backend.api.limits import Limit
from backend.cli.commands import app
from backend.foundation.kinds import Kind
from tests.house.figures import figures

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra"
RULES: dict[str, dict[str, Any]] = {
    rule["alert"]: rule
    for group in yaml.safe_load((INFRA / "alarms.yml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
}
PLAYBOOKS = {path.stem: path.read_text("utf-8") for path in sorted((INFRA / "playbooks").glob("*.md"))}
FIRST_PAGE = PLAYBOOKS.pop("README")
TEXTS = PLAYBOOKS | {"README": FIRST_PAGE}
CODE = "\n".join(path.read_text("utf-8") for path in (ROOT / "backend").rglob("*.py"))
FIGURES = figures()

PARTS = ("What it means now.", "Look first.", "Do, in this order.", "Do not", "Over when", "Tell")
FROM_PROMETHEUS = {"instance", "job", "le"}
LONGEST = 60  # lines: half a page, and the statements


def test_every_alarm_has_a_playbook_and_every_playbook_an_alarm() -> None:
    assert set(RULES) == set(PLAYBOOKS)


@pytest.mark.parametrize("name", RULES)
def test_an_alarm_says_how_bad_it_is_and_in_one_sentence_what_is_the_matter(name: str) -> None:
    rule = RULES[name]
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert re.fullmatch(r"\d+[smh]", rule["for"])
    assert rule["annotations"]["playbook"] == f"infra/playbooks/{name}.md"
    assert re.fullmatch(r"[A-Z][^\n]*[^.]\.", rule["annotations"]["summary"])
    assert ". " not in rule["annotations"]["summary"], "one sentence"


def selectors(expr: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each figure an expression names, with the labels it picks by and their values."""
    found = re.findall(r"\b(hjerteloeber_[a-z_]+)(\{[^}]*\})?", expr)
    return [(name, re.findall(r'(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"', inside)) for name, inside in found]


@pytest.mark.parametrize("name", RULES)
def test_an_alarm_goes_by_figures_and_labels_that_exist(name: str) -> None:
    expr, of_all = RULES[name]["expr"], set(FROM_PROMETHEUS)
    assert selectors(expr)
    for figure, labels in selectors(expr):
        assert figure in FIGURES, figure
        assert {label for label, _ in labels} <= FIGURES[figure] | FROM_PROMETHEUS, figure
        of_all |= FIGURES[figure]
    grouped = {label for inside in re.findall(r"\bby \(([^)]*)\)", expr) for label in inside.split(", ")}
    assert grouped <= of_all
    told = set(re.findall(r"\$labels\.(\w+)", RULES[name]["annotations"]["summary"]))
    assert told <= (grouped or of_all), "what is summed up over is not there to be told"


@pytest.mark.parametrize("name", RULES)
def test_an_alarm_picks_by_values_that_occur(name: str) -> None:
    known = {
        "kind": {*Kind, "unknown"},
        "limit": {*Limit, "statistics"},
        "reason": set(REASONS),
    }
    for _, labels in selectors(RULES[name]["expr"]):
        for label, value in labels:
            assert set(value.split("|")) <= known.get(label, set(value.split("|"))), value


@pytest.mark.parametrize("name", RULES)
def test_no_exercise_sets_off_an_alarm_of_a_figure_that_tells_them_apart(name: str) -> None:
    for figure, labels in selectors(RULES[name]["expr"]):
        # A place is somebody's in an exercise too.
        if "kind" in FIGURES[figure] and name != "PlaceKeptTooLong":
            assert "live" in dict(labels).get("kind", ""), figure


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_a_playbook_has_the_six_parts_in_their_order_on_half_a_page(name: str) -> None:
    text = PLAYBOOKS[name]
    assert text.startswith(f"# {name}\n")
    assert re.findall(rf"^\*\*({'|'.join(map(re.escape, PARTS))})\*\*", text, re.MULTILINE) == list(PARTS)
    assert len(text.splitlines()) <= LONGEST


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_what_a_centre_is_told_is_one_danish_sentence(name: str) -> None:
    told = PLAYBOOKS[name].partition("**Tell**")[2]
    for said in re.findall(r"»([^«]*)«", told):
        assert re.search(r"[.?]$", said)
        assert not re.search(r"[.?] ", said), said
    if "centre" in told.split(":")[0] and "nothing" not in told and "nobody" not in told.lower():
        assert "»" in told


@pytest.mark.parametrize("name", TEXTS)
async def test_the_database_understands_every_statement(name: str, database_dsn: str) -> None:
    connection = await asyncpg.connect(database_dsn)
    for block in re.findall(r"^```sql\n(.*?)^```", TEXTS[name], re.MULTILINE | re.DOTALL):
        for statement in filter(str.strip, re.sub(r"^\s*--.*$", "", block, flags=re.MULTILINE).split(";")):
            await connection.execute(f"EXPLAIN {statement}")
    await connection.close()


@pytest.mark.parametrize("name", TEXTS)
def test_every_command_has_the_options_it_is_given(name: str) -> None:
    group = typer.main.get_group(app)
    for line in re.findall(r"(?:`|^)hjerteloeber ([a-z][^`\n|]*)", TEXTS[name], re.MULTILINE):
        command: Any = group
        for word in line.split():
            if isinstance(command, typer.core.TyperGroup) and not word.startswith("-") and word != "…":
                command = command.get_command(typer.Context(command), word)
                assert command, f"hjerteloeber {line}"
            elif word.startswith("--"):
                assert word in {option for parameter in command.params for option in parameter.opts}, line


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_looked_for_in_logs_and_figures_is_written_there(name: str) -> None:
    for pattern in re.findall(r"grep (?:-E )?(?:\"([^\"]+)\"|'([^']+)'|(\S+))", TEXTS[name]):
        for word in re.findall(r"[a-z]+(?:_[a-z]+)+", "".join(pattern)):
            assert word in CODE or any(word in figure for figure in FIGURES), word


@pytest.mark.parametrize("name", TEXTS)
def test_every_service_and_address_that_is_asked_exists(name: str) -> None:
    services = set(yaml.safe_load((INFRA / "compose.yaml").read_text("utf-8"))["services"])
    for rest in re.findall(r"docker compose -f infra/compose\.yaml ([^`\n|]+)", TEXTS[name]):
        subcommand, *words = re.sub(r"--(?:since|tail|scale) \S+", "", rest).split()
        named = [word for word in words if not word.startswith("-")]
        assert set(named[:1] if subcommand == "exec" else named) <= services, rest
    for path in re.findall(r"curl -s https?://[^/\s]+(/[a-z/]*)", TEXTS[name]):
        assert path in ("/metrics", "/health/ready", "/health/live")


def test_the_operators_document_names_every_figure_and_alarm() -> None:
    document = (ROOT / "docs" / "operators.md").read_text("utf-8")
    assert {name for name in RULES if f"`{name}`" not in document} == set()
    bases = {re.sub("_(bucket|sum|count)$", "", name) for name in FIGURES}
    assert {name for name in bases if name not in document} == set()
