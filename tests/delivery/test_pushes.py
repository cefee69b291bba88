"""A push as it leaves: right for the phone it goes to, nothing personal, no later than it may be."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.delivery.channels import fcm_message
from backend.delivery.claim import Parcel
from backend.delivery.message import Channel, Content, What
from backend.delivery.wording import push_words, sms_text
from backend.demo import fcm_rules
from backend.foundation.ids import AddressId, AttemptId, DeliveryId, MessageId, VolunteerId, in_order
from backend.foundation.kinds import Kind
from tests.delivery.cast import NOW

PUSHED = [what for what in What if what is not What.CODE]


def parcel(
    what: What = What.RING,
    *,
    platform: str | None = "android",
    language: str = "da",
    content: Content | None = None,
    kind: Kind = Kind.LIVE,
    address_kind: str = "fcm_token",
    lasts_s: float = 120,
) -> Parcel:
    return Parcel(
        attempt_id=AttemptId(in_order()),
        delivery_id=DeliveryId(in_order()),
        fence=1,
        attempt_number=1,
        message_id=MessageId(in_order()),
        channel=Channel.FCM,
        address_id=AddressId(in_order()),
        address_kind=address_kind,
        to="token-1",
        platform=platform,
        language=language,
        what=what,
        kind=kind,
        subject_id=UUID(int=7),
        volunteer_id=VolunteerId(in_order()),
        content={"coarse_distance_m": 400, "ring_no": 1} if content is None else content,
        queued_at=NOW,
        expires_at=NOW + timedelta(seconds=lasts_s),
        link_token=None,
    )


def sent(of: Parcel, after_s: float = 0) -> dict[str, Any]:
    body = fcm_message.encode(of, NOW + timedelta(seconds=after_s))
    fcm_rules.read(body)  # Google would take it
    message: dict[str, Any] = msgspec.json.decode(body)["message"]
    return message


def test_android_gets_an_urgent_data_message_that_lives_as_long_as_the_ring() -> None:
    message = sent(parcel(), after_s=90.4)

    assert message["android"] == {
        "priority": "high",
        "ttl": "29s",
        "collapse_key": str(UUID(int=7)),
        "direct_boot_ok": True,
    }
    assert "notification" not in message
    assert message["data"]["rings_until"] == "2026-11-21T12:02:00Z"
    assert message["token"] == "token-1"


def test_an_installation_id_is_addressed_as_one() -> None:
    message = sent(parcel(address_kind="fcm_fid"))

    assert message["fid"] == "token-1"
    assert "token" not in message


@pytest.mark.parametrize(
    ("language", "title"), [("da", "Alarm: formodet hjertestop"), ("en", "Alarm: suspected cardiac arrest")]
)
def test_an_iphone_shows_the_ring_in_its_owners_language_also_when_silent(language: str, title: str) -> None:
    apple = sent(parcel(platform="ios", language=language))["apns"]

    assert apple["payload"]["aps"]["alert"]["title"] == title
    assert "400 m" in apple["payload"]["aps"]["alert"]["body"]
    assert apple["payload"]["aps"]["interruption-level"] == "time-sensitive"
    assert apple["headers"]["apns-priority"] == "10"
    assert apple["headers"]["apns-collapse-id"] == str(UUID(int=7))
    assert apple["headers"]["apns-expiration"] == str(int((NOW + timedelta(seconds=120)).timestamp()))


def test_a_notice_is_not_urgent_anywhere() -> None:
    assert sent(parcel(What.NOTICE))["android"]["priority"] == "normal"
    apple = sent(parcel(What.NOTICE, platform="ios"))["apns"]
    assert apple["headers"]["apns-priority"] == "5"


def test_an_exercise_says_so_before_anything_else() -> None:
    aps = sent(parcel(platform="ios", kind=Kind.EXERCISE))["apns"]["payload"]["aps"]

    assert aps["alert"]["title"].startswith("ØVELSE: ")


def test_a_stand_down_says_why() -> None:
    aps = sent(parcel(What.STAND_DOWN, platform="ios", content={"reason": "not_cardiac_arrest"}))["apns"]["payload"][
        "aps"
    ]

    assert aps["alert"]["body"] == "Ikke hjertestop. Tak, fordi du var klar."


@given(
    what=st.sampled_from(PUSHED),
    platform=st.sampled_from(["android", "ios", "web", None]),
    language=st.sampled_from(["da", "en", "de"]),
    kind=st.sampled_from(list(Kind)),
    secret=st.text(st.characters(codec="utf-8", categories=["L"]), min_size=12, max_size=40),
    metres=st.integers(0, 50_000),
    lasts_s=st.floats(-10, 600),
)
def test_every_push_is_one_google_takes_and_carries_only_what_may_travel(
    what: What, platform: str | None, language: str, kind: Kind, secret: str, metres: int, lasts_s: float
) -> None:
    content: Content = {"coarse_distance_m": metres, "address": secret, "name": secret, "door_code": secret}
    of = parcel(what, platform=platform, language=language, kind=kind, content=content, lasts_s=lasts_s)

    message = sent(of)

    assert secret not in msgspec.json.encode(message).decode()
    assert set(message["data"]) <= {
        *("what", "alert_id", "kind", "message_id", "rings_until"),
        *("ring_no", "coarse_distance_m", "reason", "revision", "sound"),
    }
    assert all(isinstance(value, str) for value in message["data"].values())


@pytest.mark.parametrize("platform", ["android", "ios"])
def test_a_new_place_is_told_as_loudly_as_the_ring_and_other_news_is_not(platform: str) -> None:
    loud = {what for what in PUSHED if sent(parcel(what, platform=platform))["data"].get("sound") == "alarm"}
    assert loud == {What.RING, What.REVISION, What.TEST_ALARM}
    if platform == "ios":
        sounds = {what: sent(parcel(what, platform=platform))["apns"]["payload"]["aps"]["sound"] for what in PUSHED}
        assert {what for what, sound in sounds.items() if sound == "alarm.caf"} == loud


@pytest.mark.parametrize(
    ("language", "title"), [("da", "Gå direkte til patienten"), ("en", "Go straight to the patient")]
)
def test_whoever_is_to_leave_the_defibrillator_is_told_just_that(language: str, title: str) -> None:
    words = push_words(What.REVISION, Kind.LIVE, language, {"reason": "go_direct", "revision": 1})
    text = sms_text(What.REVISION, Kind.LIVE, language, {"reason": "go_direct"}, "https://a.example/a/x", NOW, NOW)

    assert words.title == title
    assert text.startswith(title)
    assert "https://a.example/a/x" in text
    assert len(text) <= 160, "one part"


def test_whoever_is_out_of_reach_now_is_told_so() -> None:
    words = push_words(What.STAND_DOWN, Kind.LIVE, "da", {"reason": "out_of_reach"})
    assert words.body.startswith("Stedet er et andet, og du kan ikke nå frem.")


def test_what_is_too_big_for_google_is_not_sent() -> None:
    with pytest.raises(fcm_message.TooBig):
        fcm_message.encode(parcel(content={"reason": "x" * 4096}), NOW)


def test_a_parcel_in_a_log_line_does_not_tell_where_it_goes() -> None:
    assert "token-1" not in repr(parcel())


@pytest.mark.parametrize("platform", ["android", "ios", "web", None])
@given(phone=st.text(min_size=1, max_size=40), alert=st.uuids(), message_id=st.uuids())
def test_a_push_made_from_one_that_says_the_same_is_what_it_would_be_by_itself(
    platform: str | None, phone: str, alert: UUID, message_id: UUID
) -> None:
    of = msgspec.structs.replace(
        parcel(platform=platform), to=phone, subject_id=alert, message_id=MessageId(message_id)
    )
    alone: dict[str, Any] = msgspec.json.decode(str(fcm_message.message(of, NOW)))
    del alone["fid"]

    assert msgspec.json.decode(fcm_message.encode(of, NOW)) == {"message": alone | {"token": phone}}
