"""Our own POST says the same as firebase-admin's `send_each_async`, about the same messages, to the same server."""

import asyncio
import time

import firebase_admin
import pytest
from firebase_admin import credentials, exceptions, messaging

from backend.delivery.channels import fcm_message
from backend.delivery.message import Channel, What
from backend.delivery.outcome import Accepted, Ambiguous, Outcome, Rejected, Verdict
from backend.demo.provider_faults import Trouble
from tests.delivery.cast import NOW
from tests.delivery.providers import Providers
from tests.delivery.test_pushes import PUSHED, parcel


async def theirs(providers: Providers, message: messaging.Message) -> Outcome:
    """What firebase-admin says, in our words. It blocks its loop while it fetches a token, hence one of its own."""

    async def send() -> messaging.BatchResponse:
        app = firebase_admin.initialize_app(credentials.Certificate(str(providers.account)), name="conformance")
        service = messaging._get_messaging_service(app)
        service._fcm_url = f"{providers.fcm_url}/v1/projects/{app.project_id}/messages:send"
        try:
            return await messaging.send_each_async([message], app=app)
        finally:
            await service._async_client.aclose()
            service._client.close()
            service.close = lambda: None  # it would ask for a loop of its own
            firebase_admin.delete_app(app)

    (response,) = (await asyncio.to_thread(lambda: asyncio.run(send()))).responses
    match response.exception:
        case None:
            return Accepted()
        case messaging.UnregisteredError():
            return Rejected("UNREGISTERED", Verdict.RETIRE)
        case messaging.SenderIdMismatchError():
            return Rejected("SENDER_ID_MISMATCH", Verdict.QUARANTINE)
        case messaging.QuotaExceededError() | exceptions.ResourceExhaustedError():
            return Rejected("QUOTA_EXCEEDED", retry_after_s=60.0)
        case exceptions.UnauthenticatedError():
            return Rejected("UNAUTHENTICATED", retry_after_s=0.5)
        case exceptions.UnavailableError() | exceptions.InternalError():
            return Ambiguous("5xx")
        case _:
            return Rejected("other")


def shape(outcome: Outcome) -> tuple[object, ...]:
    """What matters of an outcome: its class, its verdict, whether it may be tried again."""
    match outcome:
        case Rejected():
            return (Rejected, outcome.verdict, outcome.retry_after_s is not None)
        case _:
            return (type(outcome),)


@pytest.mark.parametrize(
    "trouble",
    [
        None,
        Trouble.UNREGISTERED,
        Trouble.OTHER_SENDER,
        Trouble.INVALID,
        Trouble.BARE_404,
        Trouble.TOO_MANY,
    ],
)
async def test_both_ways_give_the_same_outcome(providers: Providers, trouble: Trouble | None) -> None:
    of = parcel()
    message = fcm_message.message(of, NOW)
    message.fid = of.to
    if trouble is not None:
        providers.trouble_pushes(trouble)

    ours = await providers.channels[Channel.FCM].send(of, time.monotonic() + 5, NOW)

    assert shape(ours) == shape(await theirs(providers, message))


@pytest.mark.parametrize("what", PUSHED)
@pytest.mark.parametrize("platform", ["android", "ios", "web"])
async def test_both_ways_put_the_same_message_on_the_wire(providers: Providers, what: What, platform: str) -> None:
    of = parcel(what, platform=platform, address_kind="fcm_fid")
    message = fcm_message.message(of, NOW)
    message.fid = of.to

    assert isinstance(await providers.channels[Channel.FCM].send(of, time.monotonic() + 5, NOW), Accepted)
    assert isinstance(await theirs(providers, message), Accepted)

    ours, googles = providers.pushes()
    assert ours == googles


async def test_the_stand_in_refuses_an_urgent_message_to_an_apple_device_that_shows_nothing(
    providers: Providers,
) -> None:
    aps = messaging.Aps(content_available=True)
    apns = messaging.APNSConfig(headers={"apns-priority": "10"}, payload=messaging.APNSPayload(aps=aps))
    silent = messaging.Message(fid="f", data={"a": "b"}, apns=apns)

    assert await theirs(providers, silent) == Rejected("other")
