"""The documents say what the code does: the same words, and nothing that is not there."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import typer

from backend.api.problem_answers import _BY_STATUS as PROBLEMS_BY_STATUS
from backend.cli.commands import app
from backend.foundation.settings import PREFIX, Settings
from tests.house.figures import figures

ROOT = Path(__file__).parents[2]
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "infra").rglob("*.md"), ROOT / "NOTICE"])
TEXTS = {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in DOCS}
OPERATORS, PROBLEMS = TEXTS["docs/operators.md"], TEXTS["docs/problems.md"]

# Hosts a document may name: ours that do not exist, whom our data and terms come from, and machines at home.
HOSTS = (
    r".*\.example",
    "127.0.0.1",
    "localhost",
    r"fcm\.googleapis\.com",
    r"keepachangelog\.com",
    r"semver\.org",
    r"www\.naturalearthdata\.com",
    r"www\.geonames\.org",
    r"creativecommons\.org",
    r"www\.w3\.org",
    r"firebase\.google\.com",
    r"hjertestarter\.dk",
)


def slugs_in_code() -> set[str]:
    """The end of every problem's type: what Problem is made with, and what bad_field is given."""
    found = {slug for slug, _, _ in PROBLEMS_BY_STATUS.values()} | {"invalid-request"}
    for path in (ROOT / "backend").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                found |= set(_slugs_of(node))
    return found


def _slugs_of(call: ast.Call) -> Iterator[str]:
    given = [keyword.value for keyword in call.keywords if keyword.arg == "slug"]
    if isinstance(call.func, ast.Name) and call.func.id == "Problem":
        given += call.args[1:2]
    for value in given:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def test_every_problem_is_explained_and_none_that_is_not_there() -> None:
    explained = re.findall(r"^\| `([a-z0-9-]+)` \| \d", PROBLEMS, re.MULTILINE)
    assert len(explained) == len(set(explained))
    assert set(explained) == slugs_in_code()


def test_every_setting_is_explained_with_its_default() -> None:
    explained = dict(re.findall(rf"^\| `{PREFIX}([A-Z_]+)` \| (.+?) \|", OPERATORS, re.MULTILINE))
    fields = {field.name.upper(): field for field in msgspec.structs.fields(Settings)}
    assert set(explained) == set(fields)
    for name, default in explained.items():
        field = fields[name]
        if field.required:
            assert default == "required"
        elif field.default is None:
            assert default.startswith("none: ")
        else:
            assert default == f"`{str(field.default).lower() if field.default is False else field.default}`"


def test_every_figure_named_for_an_alarm_exists() -> None:
    named = set(re.findall(r"`(hjerteloeber_[a-z_]+)(?:\{[a-z,]+\})?`", OPERATORS))
    known = {re.sub("_(bucket|sum|count)$", "", name) for name in figures()}
    assert named - {"hjerteloeber_owner", "hjerteloeber_stats"} <= known


@pytest.mark.parametrize("name", TEXTS)
def test_every_make_target_that_is_named_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = re.findall(r"(?:^|[`(])make ([a-z][a-z-]*)", TEXTS[name], re.MULTILINE)
    assert set(named) <= targets


@pytest.mark.parametrize("name", TEXTS)
def test_every_command_that_is_named_exists(name: str) -> None:
    group = typer.main.get_group(app)
    for line in re.findall(r"(?:`|^ {4}|^)hjerteloeber ([a-z][^`\n]*)", TEXTS[name], re.MULTILINE):
        words = [word for word in line.split() if re.fullmatch(r"[a-z][a-z-]*", word)]
        command = group.get_command(typer.Context(group), words[0])
        assert command, f"hjerteloeber {line}"
        if isinstance(command, typer.core.TyperGroup):
            assert len(words) == 1 or command.get_command(typer.Context(command), words[1]), f"hjerteloeber {line}"


@pytest.mark.parametrize("name", TEXTS)
def test_every_link_leads_somewhere(name: str) -> None:
    for target in re.findall(r"\]\((?!https?://)([^)]+)\)", TEXTS[name]):
        path, _, heading = target.partition("#")
        linked = (ROOT / name).parent / path if path else ROOT / name
        assert linked.exists(), target
        if heading:
            headings = re.findall(r"^#+ (.+)$", linked.read_text("utf-8"), re.MULTILINE)
            assert heading in {re.sub(r"[^\w -]", "", each).strip().lower().replace(" ", "-") for each in headings}


@pytest.mark.parametrize("name", TEXTS)
def test_every_file_that_is_named_exists(name: str) -> None:
    for path in re.findall(r"`((?:backend|tests|infra|docs|requirements|openapi|\.ci)/[\w./-]+)`", TEXTS[name]):
        assert "NNNN" in path or (ROOT / path).exists(), path


@pytest.mark.parametrize("name", TEXTS)
def test_no_document_names_a_host_or_a_place_on_somebody_s_machine(name: str) -> None:
    text = TEXTS[name]
    for host in re.findall(r"https?://([^/\s)`\"':>|]+)", text):
        assert any(re.fullmatch(allowed, host) for allowed in HOSTS), host
    assert not re.search(r"(?<![\w.])/(?:home|root|work|tmp|Users|mnt|srv)/", text)


@pytest.mark.parametrize("name", TEXTS)
def test_danish_words_are_the_field_s(name: str) -> None:
    """In Hjemmeværnet *frivillige* are its members."""
    lines = [line for line in TEXTS[name].splitlines() if re.search(r"\bfrivillig", line, re.IGNORECASE)]
    assert all("never" in line for line in lines)


def test_the_readme_is_there_wherever_the_package_is_built() -> None:
    """Building fails without the file that pyproject.toml calls the readme, and the image copies files one by one."""
    readme = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["readme"]
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "infra" / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert readme in " ".join(copied).split()
