"""A module as it is used: what its files say."""

from enum import StrEnum
from typing import Annotated, NewType

import msgspec

from campaigns.modules.texts import Texts

PartyCode = NewType("PartyCode", str)

K = 5
K_IN_DEFENCE = 10
"""No number below is told (DOMAIN, Organisations and privacy): five, and ten where those counted are in a defence."""


class Part(StrEnum):
    """What a party is in a campaign."""

    OWNER = "owner"  # sees its units
    PARTNER = "partner"  # sees the total, and approves what is said
    OBSERVER = "observer"  # sees the total

    @property
    def approves(self) -> bool:
        return self is not Part.OBSERVER


class Party(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An organisation that has a part in a campaign."""

    code: Annotated[PartyCode, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]
    name_da: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    name_en: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    part: Part


class Look(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Own colours, own heart: never an authority's logo, which is not ours to print."""

    colour: Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-f]{6}$")] = "#004d99"
    heart: bool = True


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`defence`: those counted are in a defence organisation. A unit never sees the one beside it: that is no rule."""

    defence: bool
    credit_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 30

    @property
    def k(self) -> int:
        return K_IN_DEFENCE if self.defence else K


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`module.toml`."""

    name_da: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    name_en: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    rules: Rules
    parties: tuple[Party, ...]
    look: Look = Look()


class Module(msgspec.Struct, frozen=True):
    """The CSVs are unread; all but the tree may be missing. The made-up ones show what nobody has told us yet."""

    name: str
    facts: Facts
    texts: Texts
    tree: bytes
    asked: bytes | None
    made_up: bytes | None
    made_up_asked: bytes | None

    @property
    def owner(self) -> Party:
        return next(party for party in self.facts.parties if party.part is Part.OWNER)
