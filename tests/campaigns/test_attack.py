"""Requests made from openapi/campaigns.json as each role: no fault, nothing undocumented, no token not looked at."""

from pathlib import Path

import pytest

from backend.foundation.clock import MachineClock
from campaigns.campaign.campaign import Campaign
from campaigns.managers import tokens
from tests.access.roles import Role
from tests.campaigns.cast import FLOTILLA, Office
from tests.campaigns.site import running_site
from tests.edge.attack import ROUNDS, attack, generated

DOCUMENT = Path(__file__).parents[2] / "openapi" / "campaigns.json"


@pytest.mark.parametrize("role", [Role.STRANGER, Role.PARTY, Role.UNIT_PARTY], ids=lambda role: role.name.lower())
async def test_no_request_brings_a_fault_or_an_undocumented_answer(
    office: Office, campaign: Campaign, campaigns_dsn: str, tmp_path: Path, role: Role
) -> None:
    shown = ""
    if role is not Role.STRANGER:
        unit = FLOTILLA if role is Role.UNIT_PARTY else None
        async with office.store.transaction() as c:
            _, secret = await tokens.make(c, campaign, "attack", "fmn", unit, None, MachineClock().now())
        shown = f"Bearer {secret}"
    async with running_site(campaigns_dsn, tmp_path) as site:
        for number in range(ROUNDS):
            assert generated(await attack(site.url, str(DOCUMENT), shown, tmp_path, number)) > 50
