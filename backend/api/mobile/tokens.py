"""What a phone holds once it is signed in."""

from datetime import datetime
from uuid import UUID

import msgspec

from backend.foundation.kinds import Kind
from backend.identity.keys import Keys
from backend.identity.refresh import Granted
from backend.identity.tokens import Audience, issue_access_token


class Tokens(msgspec.Struct, frozen=True):
    """Send the access token with every call; spend the refresh token, once, for new ones before `access_expires_at`."""

    access_token: str
    access_expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime
    volunteer_id: UUID
    device_id: UUID


def tokens_for(keys: Keys, granted: Granted, kind: Kind, now: datetime) -> Tokens:
    """An access token beside a refresh token that was granted."""
    claims = {"device": str(granted.device_id), "kind": kind.value}
    access, ends = issue_access_token(keys.signing, Audience.MOBILE, granted.volunteer_id, claims, now)
    return Tokens(access, ends, granted.token, granted.expires_at, granted.volunteer_id, granted.device_id)
