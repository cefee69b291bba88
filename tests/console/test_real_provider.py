"""With a real OpenID provider, over HTTP, by the real clock."""

from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
from litestar.testing import AsyncTestClient

from backend.app.factory import create_app
from backend.console.visit import COOKIE
from backend.foundation.clock import MachineClock, SetClock
from backend.foundation.database import Database
from backend.foundation.settings import Settings
from backend.identity.staff import StaffRole
from tests.campaigns.provider import CLIENT_ID, CLIENT_SECRET, running_provider
from tests.console.cast import PUBLIC_URL, Browser, Office, onward
from tests.people.cast import settings_in


@pytest.fixture
def settings(tmp_path: Path, database_dsn: str) -> Settings:
    """Without the provider that can lie."""
    secret = tmp_path / "oidc-secret"
    secret.write_text(CLIENT_SECRET, "utf-8")
    return msgspec.structs.replace(
        settings_in(tmp_path, database_dsn),
        public_url=PUBLIC_URL,
        staff_oidc_client_id=CLIENT_ID,
        staff_oidc_client_secret_file=secret,
    )


@pytest.fixture
def clock() -> SetClock:
    return SetClock(MachineClock().now())


async def test_somebody_signs_in_and_works_on_when_the_provider_dies(
    settings: Settings, database: Database, clock: SetClock, tmp_path: Path
) -> None:
    office = Office(database, clock)
    await office.grants("Anna", StaffRole.VAGTHAVENDE)
    envelope = await office.has_a_seat()
    subject = f"anna-{uuid4().hex}"
    with ExitStack() as running:
        provider = running.enter_context(running_provider(tmp_path / "log"))
        provider.knows(subject, email="Anna@AMK.example", email_verified=True)
        provider.knows(f"eva-{subject}", email="eva@amk.example", email_verified=True)
        app = create_app(msgspec.structs.replace(settings, staff_oidc_issuer=provider.issuer))
        async with AsyncTestClient(app, base_url=PUBLIC_URL) as http:
            browser, other = Browser(http, office), Browser(http, office)
            await browser.is_seat(envelope)
            back = await browser.opens(provider.signs_in(onward(await browser.opens("/konsol/videre")), subject))
            assert (back.status_code, back.headers["location"]) == (303, "/konsol")
            denied = await other.opens(provider.refuses(onward(await other.opens("/konsol/videre"))))
            assert denied.status_code == 403
            eva = provider.signs_in(onward(await other.opens("/konsol/videre")), f"eva-{subject}")
            assert "Du har ingen rolle" in (await other.opens(eva)).text

            before = browser.cookies[COOKIE]
            proven = await browser.opens(provider.signs_in(onward(await browser.opens("/konsol/bekraeft")), subject))
            assert (proven.status_code, browser.cookies[COOKIE] != before) == (303, True)
            assert "Du har lige bekræftet, at det er dig" in (await browser.opens("/konsol")).text

            answer = provider.signs_in(onward(await other.opens("/konsol/videre")), subject)
            running.close()
            assert (await browser.opens("/konsol")).status_code == 200, "whoever is signed in stays so"
            down = await other.opens(answer)
            assert (down.status_code, "Login svarer ikke" in down.text) == (503, True)
            seat = Browser(http, Office(database, SetClock(MachineClock().now())))
            seat.cookies = {name: value for name, value in browser.cookies.items() if name != COOKIE}
            assert (await seat.logs_in_sealed(envelope, "anna@amk.example")).status_code == 303
