"""What a campaign says: written as a version, approved by owner and partners, and only then shown."""

from datetime import datetime
from uuid import UUID

from backend.public.store import Connection
from campaigns.campaign import queries
from campaigns.campaign.queries_codes import lock_campaign
from campaigns.modules.module import PartyCode
from campaigns.modules.texts import Texts


class NotTheirs(Exception):
    """Somebody who is no owner or partner, or a version there is not; what would be right."""


async def write(connection: Connection, campaign_id: UUID, texts: Texts, now: datetime) -> int:
    """The next version, approved by nobody; its number. The same words as the newest are no new version."""
    await lock_campaign(connection, campaign_id)
    newest = next(iter(await queries.versions_of(connection, campaign_id)), None)
    if newest is not None and newest.texts == texts:
        return newest.number
    number = 1 if newest is None else newest.number + 1
    await queries.insert_version(connection, campaign_id, number, texts, now)
    return number


async def approve(connection: Connection, campaign_id: UUID, number: int, party: str, now: datetime) -> None:
    """A party approves a version, once and for good."""
    parties = [each.code for each in await queries.parties_of(connection, campaign_id) if each.part.approves]
    if party not in parties:
        raise NotTheirs(f"{party} approves nothing here: one of {', '.join(parties)}")
    if number not in [version.number for version in await queries.versions_of(connection, campaign_id)]:
        raise NotTheirs(f"there is no version {number}: `python -m campaigns campaign show` lists them")
    await queries.insert_approval(connection, campaign_id, number, PartyCode(party), now)
