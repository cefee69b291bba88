"""SQL reads tables of its own and earlier rooms, and writes its own room's only."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pglast import ast as sql_ast
from pglast import parse_sql
from pglast.visitors import Skip, Visitor

BACKEND = Path(__file__).parents[2] / "backend"
ROOMS = (
    "foundation",
    "identity",
    "regions",
    "volunteers",
    "delivery",
    "locations",
    "aeds",
    "incidents",
    "selection",
    "alerts",
    "responses",
    "attention",
    "recruitment",
    "rights",
    "webhooks",
    "installation",
    "signup",
    "addresses",
)
_STARTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "LOCK", "COPY")


def statements() -> Iterator[tuple[str, str]]:
    """(file, SQL) of every SQL text in the rooms."""
    for room in ROOMS:
        for path in sorted((BACKEND / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    text = node.value.strip()
                    if text.split(" ")[0].split("\n")[0] in _STARTS and len(text.split()) > 3:
                        yield str(path.relative_to(BACKEND)), text


class Tables(Visitor):
    """Which tables a statement names, and which of them it writes."""

    def __init__(self) -> None:
        super().__init__()
        self.read: set[tuple[str | None, str]] = set()
        self.written: set[tuple[str | None, str]] = set()
        self.local: set[str] = set()

    def visit_CommonTableExpr(self, _ancestors: Any, node: sql_ast.CommonTableExpr) -> None:  # noqa: N802
        self.local.add(str(node.ctename))

    def visit_LockingClause(self, _ancestors: Any, _node: sql_ast.LockingClause) -> Any:  # noqa: N802
        return Skip  # FOR UPDATE OF names aliases, not tables

    def visit_RangeVar(self, ancestors: Any, node: sql_ast.RangeVar) -> None:  # noqa: N802
        parent = ancestors.node
        writes = isinstance(parent, sql_ast.InsertStmt | sql_ast.UpdateStmt | sql_ast.DeleteStmt) and (
            parent.relation is node
        )
        (self.written if writes else self.read).add((node.schemaname, str(node.relname)))


ALL = list(statements())


def test_there_is_sql_to_look_at() -> None:
    assert len(ALL) > 100


def test_what_is_written_is_told_from_what_is_read() -> None:
    said = tables_of("WITH a AS (DELETE FROM x.y RETURNING id) INSERT INTO x.z SELECT id FROM a JOIN x.w USING (id)")
    assert ({("x", "y"), ("x", "z")}, {("x", "w")}) == (said.written, said.read - {(None, "a")})


def tables_of(sql: str) -> Tables:
    tables = Tables()
    for statement in parse_sql(sql):
        tables(statement)
    return tables


def wrong_with(room: str, sql: str) -> list[str]:
    """What a statement of a room may not do, or nothing."""
    tables = tables_of(sql)
    readable = {*ROOMS[: ROOMS.index(room) + 1], "information_schema", "pg_catalog"}
    named = {(schema, name) for schema, name in tables.read | tables.written if name not in tables.local}
    return (
        [f"{name} is named without its room" for schema, name in named if schema is None]
        + [f"reads {schema}.{name} of a later room" for schema, name in named if schema not in {None, *readable}]
        + [f"writes {schema}.{name} of another room" for schema, name in tables.written if schema not in {None, room}]
    )


def test_every_statement_keeps_to_its_room() -> None:
    wrong = {(file, sql): found for file, sql in ALL if (found := wrong_with(file.split("/")[0], sql))}
    assert wrong == {}


def test_a_statement_that_does_not_is_noticed() -> None:
    assert wrong_with("delivery", "UPDATE volunteers.volunteer SET on_duty = false")
    assert wrong_with("delivery", "SELECT id FROM alerts.alert")
    assert wrong_with("delivery", "SELECT id FROM message")


def test_columns_are_named() -> None:
    assert [file for file, sql in ALL if "SELECT *" in sql] == []


def test_sql_is_never_put_together_from_pieces() -> None:
    pieced = []
    for file in sorted({file for file, _ in ALL}):
        for node in ast.walk(ast.parse((BACKEND / file).read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                first = next((str(v.value) for v in node.values if isinstance(v, ast.Constant)), "")
                if first.strip().startswith(_STARTS):
                    pieced.append(f"{file}:{node.lineno}")
    assert pieced == []
