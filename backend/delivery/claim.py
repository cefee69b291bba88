"""Claim, then start: two short transactions before anything goes over a wire."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
import structlog

from backend.delivery import aftermath, answer_links, queries_claim
from backend.delivery.message import LAST_LIVE, Channel, Content, What, urgency
from backend.delivery.queries_claim import Claim, Held, Room, SealedPhone
from backend.foundation.database import Connection
from backend.foundation.ids import AddressId, AttemptId, DeliveryId, MessageId, VolunteerId, in_order
from backend.foundation.kinds import Kind
from backend.foundation.telemetry import unreadable_total
from backend.identity.data_keys import KeyRing, Sealed, Unreadable, stored
from backend.identity.ring import ring_of
from backend.volunteers.quiet_week import minute_of_week
from backend.volunteers.sealed_person import open_phone

LEASE_S = 2.0
"""From the claim, and anew from the start of an attempt, by the database's clock."""
ON_THE_WIRE_S = 0.25
"""From just before the attempt's row was written to the request's first byte, by the monotonic clock."""
DEADLINE_S = 1.5
"""From the request's first byte to the answer's last. The lease outlives both by 250 ms."""

_log = structlog.get_logger()

_OPENS_A_PAGE = frozenset({What.RING, What.REVISION})


class Parcel(msgspec.Struct, frozen=True):
    """An attempt whose row is committed: what a channel sends, and where to."""

    attempt_id: AttemptId
    delivery_id: DeliveryId
    fence: int
    attempt_number: int  # 1 for the first of this delivery
    message_id: MessageId
    channel: Channel
    address_id: AddressId | None
    address_kind: str
    to: str
    platform: str | None
    language: str
    what: What
    kind: Kind
    subject_id: UUID
    volunteer_id: VolunteerId | None
    content: Content
    queued_at: datetime
    expires_at: datetime
    link_token: str | None

    @property
    def is_live(self) -> bool:
        """About a live alarm."""
        return urgency(self.what, self.kind) <= LAST_LIVE

    def __repr__(self) -> str:
        return f"Parcel({self.channel}, {self.what}, attempt {self.attempt_id})"  # never the address


async def claim(connection: Connection, rooms: Sequence[Room], now: datetime) -> list[Claim]:
    """Lease as many due deliveries of each channel as it has room: live alarms first, new ones before retries."""
    able = [room for room in rooms if room.free > 0]
    return await queries_claim.claim(connection, able, LEASE_S, now) if able else []


async def start(connection: Connection, claims: Sequence[Claim], now: datetime) -> list[Parcel]:
    """Write the attempts of claims that may still be sent; once the caller commits, they have started.

    Not started is what was stopped, expired or claimed by somebody else, and a ring to whoever is gone, off duty or in
    quiet hours by now: these deliveries end here, and what follows from that is done.
    """
    if not claims:
        return []
    phones = _opened(ring_of(connection), await queries_claim.hold_messages(connection, [c.id for c in claims]))
    unreadable = [delivery_id for delivery_id, phone in phones.items() if phone is None]
    attempt_ids = [AttemptId(in_order()) for _ in claims]
    held = await queries_claim.start(connection, claims, attempt_ids, LEASE_S, minute_of_week(now), now, unreadable)
    refused = [h.id for h in held if h.verdict not in ("start", "lease_over")]
    if refused:
        await aftermath.of_ended(connection, refused, now)
    begun = [h for h in held if h.verdict == "start"]
    linked = [h for h in begun if h.channel is Channel.SMS and h.what in _OPENS_A_PAGE]
    tokens = await answer_links.make(connection, [h.message_id for h in linked], now) if linked else []
    token_of = {h.id: token for h, token in zip(linked, tokens, strict=True)}
    return [_parcel(h, phones.get(h.id) or h.recipient, token_of.get(h.id)) for h in begun]


def _opened(ring: KeyRing, sealed: Sequence[SealedPhone]) -> dict[DeliveryId, str | None]:
    """The phones by delivery; None for one whose key is missing: nobody else's message waits for it."""
    opened: dict[DeliveryId, str | None] = {}
    for each in sealed:
        try:
            opened[each.delivery_id] = _phone(ring, each)
        except Unreadable as why:
            opened[each.delivery_id] = None
            unreadable_total.labels("phone").inc()
            _log.error("phone_unreadable", delivery=str(each.delivery_id), why=str(why))
    return opened


def _phone(ring: KeyRing, sealed: SealedPhone) -> str:
    if sealed.bare_id is not None and sealed.bare_sealed is not None:
        return ring.open_passing(Sealed.BARE_ADDRESS, sealed.bare_id, sealed.bare_sealed).decode()
    if sealed.volunteer_id is None or sealed.phone_sealed is None:
        return ""  # nobody's any more: the start says that the address is gone
    return open_phone(ring, sealed.volunteer_id, sealed.phone_sealed, stored(sealed.key_id, sealed.wrapped))


def _parcel(held: Held, recipient: str | None, link_token: str | None) -> Parcel:
    assert recipient
    return Parcel(
        attempt_id=held.attempt_id,
        delivery_id=held.id,
        fence=held.fence,
        attempt_number=held.attempts,
        message_id=held.message_id,
        channel=held.channel,
        address_id=held.address_id,
        address_kind=held.address_kind or held.channel.value,
        to=recipient,
        platform=held.platform,
        language=held.language,
        what=held.what,
        kind=held.kind,
        subject_id=held.subject_id,
        volunteer_id=held.volunteer_id,
        content=held.content,
        queued_at=held.queued_at,
        expires_at=held.expires_at,
        link_token=link_token,
    )
