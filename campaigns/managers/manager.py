"""A manager, what they were allowed, and a programme's token."""

from datetime import date, datetime
from typing import NewType
from uuid import UUID

import msgspec

from campaigns.campaign.campaign import Actor
from campaigns.modules.module import Part, Party, PartyCode
from campaigns.organisation.unit import UnitCode

ManagerId = NewType("ManagerId", UUID)
GrantId = NewType("GrantId", UUID)
TokenId = NewType("TokenId", UUID)
SPECIAL = frozenset(' ()<>[]\\",:;')
"""RFC 5322, 3.2.3: in a list of addresses each of them begins or ends something."""


class Manager(msgspec.Struct, frozen=True):
    """`email` is in small letters. `issuer` and `subject`: who signed them in first, None until they have."""

    id: ManagerId
    email: str
    name: str
    issuer: str | None = None
    subject: str | None = None


class Grant(msgspec.Struct, frozen=True):
    """Somebody may look at a campaign as one of a party; `unit` None: at all that the party sees."""

    id: GrantId
    manager_id: ManagerId
    campaign_id: UUID
    party: PartyCode
    unit: UnitCode | None
    digest: bool
    created_at: datetime
    withdrawn_at: datetime | None = None


class Granted(msgspec.Struct, frozen=True):
    """A grant as it is listed and written to."""

    email: str
    name: str
    party: PartyCode
    unit: UnitCode | None
    digest: bool


class Token(msgspec.Struct, frozen=True):
    """What a programme of a party reads one campaign's numbers with; its secret is not kept."""

    id: TokenId
    name: str
    campaign_id: UUID
    party: PartyCode
    unit: UnitCode | None
    created_at: datetime
    expires_at: datetime
    withdrawn_at: datetime | None = None
    used_on: date | None = None


class Seen(msgspec.Struct, frozen=True):
    """A party, and the unit that what is seen ends at, as they stand in the tables."""

    code: PartyCode
    name_da: str
    name_en: str
    part: Part
    unit: UnitCode | None

    def actor(self) -> Actor:
        return Actor(Party(self.code, self.name_da, self.name_en, self.part), self.unit)


def normal(email: str) -> str | None:
    """An address as it is kept and compared; None where it is none, or one that only quotes would make one."""
    typed = email.strip().lower()
    name, _, host = typed.rpartition("@")
    whole = name and "." in host and all(host.split(".")) and "@" not in name
    return typed if whole and len(typed) <= 254 and typed.isprintable() and SPECIAL.isdisjoint(typed) else None
