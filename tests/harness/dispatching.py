"""A dispatch system in a few lines, for tests that send by hand: its log-in, and a proof for each request."""

from datetime import UTC, datetime

import httpx

from backend.conform.signing import ClientKey, ProofKey
from tests.harness.running import Service


class LoggedIn:
    """A token, and the key it is bound to."""

    def __init__(self, url: str, token: str, proofs: ProofKey) -> None:
        self.url, self.token, self._proofs = url, token, proofs

    def headers(self, method: str, path: str) -> dict[str, str]:
        """Of one request, new for each."""
        return self._proofs.headers(method, self.url + path, datetime.now(UTC), self.token)

    async def prove(self, request: httpx.Request) -> None:
        """For httpx's event hooks: every request gets its proof."""
        now = datetime.now(UTC)
        request.headers.update(self._proofs.headers(request.method, str(request.url), now, self.token))


async def logged_in(service: Service, client_id: str, private_key: str, proofs: ProofKey | None = None) -> LoggedIn:
    """As `hjerteloeber client add` let it in. `proofs`: the key to prove with, where the caller has one."""
    where, now = f"{service.url}/oauth/token", datetime.now(UTC)
    key = proofs or ProofKey()
    form = ClientKey(private_key).form(client_id, where, now)
    async with httpx.AsyncClient() as http:
        answer = await http.post(where, data=form, headers={"DPoP": key.proof("POST", where, now)})
    assert answer.status_code == 200, answer.text
    return LoggedIn(service.url, str(answer.json()["access_token"]), key)
