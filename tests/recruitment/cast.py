"""A campaign in a line, for whoever needs a join code that counts."""

from datetime import datetime, timedelta
from uuid import uuid4

from backend.foundation.database import Actor, Database, Role
from backend.recruitment import register
from backend.recruitment.campaign import Campaign, Code, Group, Way
from backend.recruitment.tell import GroupName

CAMPAIGNS = Actor(Role.CAMPAIGNS)


async def a_campaign_with(database: Database, code: str, now: datetime) -> Campaign:
    """It began yesterday and has one unit, one channel and this code."""
    campaign = Campaign(uuid4(), f"campaign {uuid4()}", 10, 30, now - timedelta(days=1), now + timedelta(days=90))
    unit, channel = Group(GroupName("the unit"), Way.UNIT, None, 100), Group(GroupName("poster"), Way.CHANNEL)
    async with database.acting_as(CAMPAIGNS) as connection:
        await register.register(connection, campaign)
        await register.add_groups(connection, campaign.id, [unit, channel], now)
        await register.add_codes(connection, campaign.id, [Code(code, unit.name, channel.name)], now)
    return campaign


async def one_more_code(database: Database, code: str, now: datetime) -> None:
    """Of the one campaign there is, for its unit."""
    async with database.acting_as(CAMPAIGNS) as connection:
        campaign_id = await connection.fetchval("SELECT id FROM recruitment.campaign")
        more = Code(code, GroupName("the unit"), GroupName("poster"))
        await register.add_codes(connection, campaign_id, [more], now)
