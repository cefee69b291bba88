"""No phone, name, code or token in a refusal or a log line."""

import json
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.identity.phone_hash import seal_phone
from backend.identity.refresh import Granted
from backend.volunteers.sign_up import Newcomer
from backend.volunteers.volunteer import Person, Push, PushKind, Training
from tests.people.cast import ANDROID, CONSENTS, NOON, some_keys
from tests.people.conftest import NewPhone

bodies = st.fixed_dictionaries(
    {},
    optional={
        "phone": st.sampled_from(["+4567999999", "67 99 99 99", "+4590999999", 67999999]),
        "code": st.sampled_from(["123456", "12345", 123456]),
        "name": st.sampled_from(["Anna Åkesson", "", 7]),
        "birth_year": st.sampled_from([1990, 2015, "1990"]),
        "training": st.sampled_from(["hlr", "Anna Åkesson"]),
        "languages": st.just(["da"]),
        "consents": st.sampled_from([CONSENTS, CONSENTS * 2]),
        "refresh_token": st.just("secret-refresh-token"),
        "device": st.sampled_from([ANDROID, {"platform": "+4567999999"}]),
    },
)
SECRETS = ("67999999", "67 99 99 99", "90999999", "Åkesson", "123456", "secret-refresh-token")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["/sign-in/codes", "/sign-in", "/sign-in/refresh", "/volunteers"]), bodies)
async def test_a_refusal_repeats_nothing_of_what_was_sent(new_phone: NewPhone, path: str, body: dict[str, Any]) -> None:
    phone = new_phone()
    answer = await phone.call("POST", f"{path}?phone=%2B4567999999", body, "")
    if answer.status_code < 400:
        return
    assert answer.headers["content-type"].startswith("application/problem+json")
    text = json.dumps(answer.json(), ensure_ascii=False)
    assert not [secret for secret in SECRETS if secret in text]


async def test_a_whole_account_leaves_nothing_personal_in_the_log(
    new_phone: NewPhone, caplog: pytest.LogCaptureFixture
) -> None:
    anna = new_phone()
    with structlog.testing.capture_logs() as lines, caplog.at_level("DEBUG"):
        await anna.signs_up()
        await anna.tells_its_push_address("her-push-token")
        spent = anna.tokens["refresh_token"]
        newer = (await anna.call("POST", "/sign-in/refresh", {"refresh_token": spent})).json()["refresh_token"]
        await anna.call("POST", "/sign-in/refresh", {"refresh_token": newer})
        await anna.call("POST", "/sign-in/refresh", {"refresh_token": spent})
        code = await anna.newest_text()
        await anna.types(code)
        await anna.call("DELETE", "/me")
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    text = str(lines) + "\n".join(ours)
    assert "refresh_refused" in text
    for value in (anna.number, anna.number[3:], "Åkesson", spent, newer, "her-push-token"):
        assert value not in text


def test_what_holds_something_personal_does_not_show_it_when_printed() -> None:
    keys = some_keys()
    person = Person("+4567999999", "Anna Åkesson", 1990)
    newcomer = Newcomer(
        phone="+4567999999", name="Anna Åkesson", birth_year=1990, training=Training.HLR, languages=("da",)
    )
    push = Push(PushKind.WEBPUSH, "67999999")
    text = f"{person!r} {newcomer!r} {push!r} {keys!r} {seal_phone(keys, '+4567999999')}"
    assert not [secret for secret in (*SECRETS, "0123456789abcdef", "1990") if secret in text]
    assert "secret" not in repr(Granted("secret", NOON, *[None] * 2))  # type: ignore[arg-type]
