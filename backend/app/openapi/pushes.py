"""What a push carries: the `data` of an FCM message, every value text, nothing personal."""

from typing import Any

import msgspec

from backend.foundation.schemas import Schema, Schemas


class PushData(msgspec.Struct, frozen=True):
    """The data of a push. A hint: show it at once, then read `GET /mobile/v1/alerts/{alert_id}`, the truth.

    Fields a kind of push has no use for are left out. `alert_id` is the collapse key: an alert is shown once. A `word`
    of the dispatch centre stands for itself: its collapse key is `message_id`.
    """

    what: str  # ring, stand_down, revision, word, test_alarm, notice; more may come
    message_id: str
    kind: str
    alert_id: str | msgspec.UnsetType = msgspec.UNSET
    ring_no: str | msgspec.UnsetType = msgspec.UNSET
    coarse_distance_m: str | msgspec.UnsetType = msgspec.UNSET
    rings_until: str | msgspec.UnsetType = msgspec.UNSET
    sound: str | msgspec.UnsetType = msgspec.UNSET  # alarm: as loud as a ring, on the alarm channel
    reason: str | msgspec.UnsetType = msgspec.UNSET
    revision: str | msgspec.UnsetType = msgspec.UNSET
    word: str | msgspec.UnsetType = msgspec.UNSET  # what the dispatch centre says by one tap
    word_id: str | msgspec.UnsetType = msgspec.UNSET  # for the receipt


SHAPES: dict[str, Any] = {"push": PushData}


def webhooks(schemas: Schemas) -> Schema:
    """The document's `webhooks`: what reaches a phone without its asking."""
    return {
        name: {
            "post": {
                "operationId": f"receive_{name}",
                "tags": ["alerts"],
                "summary": "A push reaches the phone",
                "description": "Sent through Firebase Cloud Messaging as `message.data`; not an HTTP call to anybody. "
                "The app answers by `POST /mobile/v1/alerts/{alert_id}/receipt`.",
                "security": [],
                "requestBody": {"required": True, "content": {"application/json": {"schema": schemas.sent(shape)}}},
                "responses": {
                    "200": {"description": "Nothing is answered"},
                    "4XX": {"description": "Nothing is answered"},
                },
            }
        }
        for name, shape in SHAPES.items()
    }
