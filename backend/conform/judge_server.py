"""The suite against a server: every check by itself, what it opened closed in the end."""

import aiohttp

from backend.conform.server import Failed, Server
from backend.conform.server_checks import CHECKS, Check
from backend.conform.signing import ClientKey
from backend.conform.verdict import Outcome, Result, Tell, Verdict


class NotATestCentre(Exception):
    """The log-in's reports would not be tests: `kind` says what they would be."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class CannotBegin(Exception):
    """There is no server, or it does not let us in; the message says why."""


async def judge_server(
    url: str,
    client_id: str,
    private_key: str | bytes,
    *,
    tell: Tell,
    speed: float = 1.0,
    any_kind: bool = False,
    at: tuple[float, float] | None = None,
) -> Verdict:
    """Examine the server at `url`. Raises NotATestCentre before anything is reported, CannotBegin, or
    ValueError for what is no key."""
    verdict = Verdict("server")
    async with aiohttp.ClientSession() as session:
        server = Server(session, url.rstrip("/"), client_id, ClientKey(private_key), speed=speed)
        if at is not None:
            server.at = at
        await _let_in(server)
        if server.centre.get("kind") != "test" and not any_kind:
            raise NotATestCentre(str(server.centre.get("kind")))
        try:
            for number, check in enumerate(CHECKS, start=1):
                verdict.results.append(await _result(server, number, check))
                tell(verdict.results[-1].line())
        finally:
            await server.close_everything()
    return verdict


async def _let_in(server: Server) -> None:
    try:
        granted = await server.ask_for_token()
        if granted.status != 200:
            raise CannotBegin(f"no access token: {granted.status} {granted.body[:200].decode(errors='replace')}")
        server.token = str(granted.json()["access_token"])
        seen = await server.call("GET", "/dispatch/v1/centre")
        if seen.status != 200:
            raise CannotBegin(f"GET /dispatch/v1/centre: {seen.status}")
        server.centre = seen.json()
    except Failed as failed:
        raise CannotBegin(str(failed)) from None
    server.refusals.clear()


async def _result(server: Server, number: int, check: Check) -> Result:
    sentence = str(check.__doc__).splitlines()[0].strip()
    try:
        await check(server)
    except Failed as failed:
        return Result(number, sentence, Outcome.FAILED, str(failed))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as odd:
        return Result(number, sentence, Outcome.FAILED, f"an answer lacks what it should have ({odd!r})")
    return Result(number, sentence, Outcome.PASSED)
