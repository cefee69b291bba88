"""What stands before the campaigns' pages stands before every answer."""

from typing import Any

import httpx

from campaigns.app import create_app
from campaigns.settings import Settings


async def test_every_answer_carries_what_keeps_it_safe() -> None:
    """Also where the database is away, and where nothing is: the head is completed outside every route."""
    settings = Settings(database_url="postgresql://127.0.0.1:1/none", public_url="https://bliv.example")
    application: Any = create_app(settings)
    transport = httpx.ASGITransport(app=application, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="https://bliv.example") as http:
        for path in ("/", "/k/ABCDEFGH", "/api/v1/campaigns", "/nothing/here", "/health/live", "/robots.txt"):
            headers = (await http.get(path)).headers
            assert "max-age" in headers["Strict-Transport-Security"], path
            assert headers["X-Content-Type-Options"] == "nosniff", path
            assert "default-src 'none'" in headers["Content-Security-Policy"], path
            assert headers["Cross-Origin-Resource-Policy"] == "same-origin", path
        assert (await http.get("/", headers={"Host": "evil.example"})).status_code == 421
        assert (await http.get("/health/live", headers={"Host": "10.0.0.1"})).status_code == 200
