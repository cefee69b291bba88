"""Every status is an enum in the code and a CHECK in the database, and the two say the same."""

import re
from enum import StrEnum

import asyncpg
import pytest

from backend.alerts import alert
from backend.alerts.word import ToCentre, ToVolunteers, Word
from backend.attention.item import Acknowledges, By, Needs
from backend.foundation.kinds import Kind
from backend.identity import approval
from backend.identity.shift import How
from backend.identity.staff import StaffRole
from backend.incidents import incident, raised, view
from backend.recruitment import campaign
from backend.regions.access import Why
from backend.responses.status import Status
from backend.selection.candidate import FromPlace
from backend.selection.policy import Role
from backend.webhooks.subscription import DeliveryState


@pytest.mark.parametrize(
    ("table", "column", "enum"),
    [
        ("alerts.alert", "state", alert.AlertState),
        ("alerts.alert", "role", Role),
        ("incidents.incident", "state", incident.State),
        ("incidents.incident", "asking", incident.Asking),
        ("responses.status", "status", Status),
        ("responses.word", "word", Word),
        ("selection.candidate", "from_place", FromPlace),
        ("incidents.by_hand", "decision", raised.Decision),
        ("incidents.viewed", "what", view.What),
        ("incidents.viewed", "viewer", view.ViewerKind),
        ("regions.access", "why", Why),
        ("attention.item", "what", Needs),
        ("attention.item", "acknowledged_by", By),
        ("attention.rule", "acknowledges", Acknowledges),
        ("recruitment.counting_group", "way", campaign.Way),
        ("webhooks.delivery", "state", DeliveryState),
        ("recruitment.member", "stage", campaign.Stage),
        ("identity.staff_role", "role", StaffRole),
        ("identity.staff_session", "how", How),
        ("identity.approval", "kind", approval.ApprovalKind),
        ("identity.approval", "state", approval.State),
    ],
)
async def test_enum_and_check_are_alike(database_dsn: str, table: str, column: str, enum: type[StrEnum]) -> None:
    connection = await asyncpg.connect(database_dsn)
    checks = await connection.fetch(
        """
        SELECT pg_get_constraintdef(oid) AS said FROM pg_constraint
        WHERE conrelid = $1::text::regclass AND contype = 'c'
        """,
        table,
    )
    await connection.close()
    words = [
        set(re.findall(r"'([a-z0-9_]+)'::text", row["said"]))
        for row in checks
        if row["said"].startswith(f"CHECK (({column} = ANY")
    ]
    assert set(enum) in words


async def test_the_kinds_are_alike(database_dsn: str) -> None:
    connection = await asyncpg.connect(database_dsn)
    said = await connection.fetchval("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'kind_check'")
    await connection.close()
    assert set(Kind) == set(re.findall(r"'([a-z]+)'::text", said))


@pytest.mark.parametrize(
    ("moves", "states"),
    [(alert.MOVES, alert.AlertState), (incident.MOVES, incident.State), (approval.MOVES, approval.State)],
)
def test_every_state_has_its_legal_moves(moves: dict[StrEnum, frozenset[StrEnum]], states: type[StrEnum]) -> None:
    assert set(moves) == set(states)
    assert all(to in states for tos in moves.values() for to in tos)


async def test_the_database_knows_the_same_legal_moves(database_dsn: str) -> None:
    connection = await asyncpg.connect(database_dsn)
    legal = {
        (before, after): await connection.fetchval("SELECT alerts.is_legal_move($1, $2)", before, after)
        for before in alert.AlertState
        for after in alert.AlertState
    }
    await connection.close()
    assert legal == {(b, a): a is b or a in alert.MOVES[b] for b in alert.AlertState for a in alert.AlertState}


def test_what_either_side_can_say_is_all_that_can_be_said() -> None:
    assert {each.value for each in (*ToCentre, *ToVolunteers)} == set(Word)
