"""The house's rules, for this package: SQL keeps to its schema, documents say what the code does, the look is one."""

import ast
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import msgspec
import pytest
import typer

from backend.public.store import open_store
from campaigns.campaign.campaign import Campaign, Channel
from campaigns.cli.commands import app
from campaigns.modules.module import Part
from campaigns.settings import PREFIX, Settings
from tests.campaigns.cast import NOON, Office
from tests.house.test_sql_keeps_to_its_room import tables_of

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "campaigns"
FILES = sorted(PACKAGE.rglob("*.py"))
DOCUMENTS = sorted([ROOT / "ARCHITECTURE.md", *(ROOT / "docs").glob("campaign-*.md"), ROOT / "docs/operators.md"])
_STARTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


def statements() -> list[tuple[str, str]]:
    """(file, SQL) of every SQL text in the package."""
    return [
        (str(path.relative_to(PACKAGE)), node.value.strip())
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value.split()) > 3
        if node.value.split()[0] in _STARTS
    ]


def test_sql_names_tables_of_campaigns_only_and_every_column() -> None:
    found = statements()
    assert len(found) > 20
    for file, sql in found:
        tables = tables_of(sql)
        schemas = {schema for schema, name in tables.read | tables.written if name not in tables.local}
        assert schemas <= {"campaigns"}, (file, sql)
        assert not re.search(r"SELECT \*|, \*", sql), (file, sql)
        assert re.search(r"queries\w*\.py$", file), "statements stand together"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_file_is_a_monster_and_no_sql_is_pieced_together(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) < 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.JoinedStr):
            first = next((str(each.value) for each in node.values if isinstance(each, ast.Constant)), "")
            assert not first.strip().startswith(_STARTS)


def test_every_setting_is_explained_with_its_default() -> None:
    text = (ROOT / "docs/operators.md").read_text("utf-8")
    explained = dict(re.findall(rf"^\| `{PREFIX}([A-Z_]+)` \| (.+?) \|", text, re.MULTILINE))
    assert explained == {
        field.name.upper(): "required" if field.required else f"`{field.default}`" if field.default else "none"
        for field in msgspec.structs.fields(Settings)
    }


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_that_is_named_exists(path: Path) -> None:
    group = typer.main.get_group(app)
    for line in re.findall(r"python -m campaigns ([a-z][^`\n]*)", path.read_text("utf-8")):
        words = [word for word in line.split() if re.fullmatch(r"[a-z][a-z-]*", word)]
        command = group.get_command(typer.Context(group), words[0])
        assert command, line
        if isinstance(command, typer.core.TyperGroup):
            assert command.get_command(typer.Context(command), words[1]), line


def test_pages_and_sign_up_are_drawn_with_the_same_files() -> None:
    """Neither imports the other, so each has its own copy of dkfds and the fonts."""
    ours, theirs = PACKAGE / "landing/look", ROOT / "backend/signup/look"
    for path in ours.iterdir():
        other = theirs / path.name
        if path.name != "pages.css" and other.exists():
            assert path.read_bytes() == other.read_bytes(), f"cp {other} {path}"


@pytest.mark.parametrize(("table", "column", "enum"), [("code", "channel", Channel), ("party", "part", Part)])
async def test_enum_and_check_are_alike(
    campaigns_dsn: str, table: str, column: str, enum: type[Channel | Part]
) -> None:
    connection = await asyncpg.connect(campaigns_dsn)
    checks = await connection.fetch(
        "SELECT pg_get_constraintdef(oid) AS said FROM pg_constraint WHERE conrelid = $1::text::regclass",
        f"campaigns.{table}",
    )
    await connection.close()
    words = [set(re.findall(r"'([a-z]+)'::text", row["said"])) for row in checks if f"(({column} = ANY" in row["said"]]
    assert words == [set(enum)]


@pytest.fixture
async def own_log_in(campaigns_dsn: str) -> AsyncIterator[str]:
    """The address for a log-in that can be nothing but the role of campaigns, as docs/operators.md makes one."""
    name = f"campaigns_{uuid4().hex}"
    owner = await asyncpg.connect(campaigns_dsn)
    await owner.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'secret' IN ROLE hjerteloeber_campaigns")
    parts = urlsplit(campaigns_dsn)
    yield urlunsplit(parts._replace(netloc=f"{name}:secret@{parts.netloc.rpartition('@')[2]}"))
    await owner.execute(f"DROP ROLE {name}")
    await owner.close()


async def test_everything_is_done_with_a_log_in_of_its_own_that_reads_no_person(
    office: Office, campaign: Campaign, own_log_in: str
) -> None:
    store = await open_store(own_log_in)
    own = Office(store)
    try:
        await own.imports_its_tree()
        other = await own.begins("en-anden")
        code = await own.makes_a_code(other, now=NOON)
        assert await own.visits(other.id) == {}
        assert code
        for sql in ("SELECT 1 FROM volunteers.volunteer_identity", "SET ROLE hjerteloeber_api"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with store.transaction() as c:
                    await c.execute(sql)
    finally:
        await store.close()
