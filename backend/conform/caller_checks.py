"""What a dispatch server has to do about who is calling: log-ins, tokens, proofs, clocks."""

from datetime import datetime, timedelta

from backend.conform.server import INCIDENTS, Server, expect, new_key
from backend.conform.signing import ClientKey, ProofKey


async def log_in_with_a_key(server: Server) -> None:
    """A log-in signed with the registered key gives a token bound to the proof's key, with what it lasts and may do"""
    answer = await server.ask_for_token()
    expect(answer.status, 200, "the status")
    granted = answer.json()
    expect(str(granted.get("token_type")).lower(), "dpop", "token_type")
    expect(type(granted.get("expires_in")), int, "the type of expires_in")
    scopes = set(str(granted.get("scope")).split())
    expect({"incidents:read", "incidents:write"} <= scopes, True, "having both scopes")


async def refuse_a_log_in_twice(server: Server) -> None:
    """The same signed log-in is taken once: a second time it is a 401"""
    form = server.log_in_form()
    expect((await server.ask_for_token(form)).status, 200, "the first status")
    expect((await server.ask_for_token(form)).status, 401, "the second status")


async def refuse_a_wrong_key(server: Server) -> None:
    """A log-in signed with another key is a 401 that also carries OAuth's invalid_client; so is one with a secret"""
    secret = {"grant_type": "client_credentials", "client_id": server.client_id, "client_secret": "any"}
    for form in (server.log_in_form(ClientKey.made()), secret):
        answer = await server.ask_for_token(form)
        expect((answer.status, answer.json().get("error")), (401, "invalid_client"), "status and error")


async def refuse_a_log_in_without_a_proof(server: Server) -> None:
    """A log-in without a proof of the key its token is to be bound to is a 401"""
    answer = await server.ask_for_token(proof="")
    expect((answer.status, answer.slug), (401, "wrong-proof"), "status and type")


async def take_a_proof_once(server: Server) -> None:
    """A proof is taken once; a retry is a new proof with the same key, and gets the first answer"""
    key, report = new_key(), server.new_report()
    proven = server.proven("POST", INCIDENTS, server.token)
    first = await server.report(report, key, proven)
    again = await server.report(report, key, proven)
    expect((again.status, again.slug), (401, "proof-repeated"), "status and type of the proof's second use")
    retried = await server.report(report, key)
    expect((retried.status, retried.body == first.body), (201, True), "the retry's status, and having the first answer")


async def refuse_a_proof_of_something_else(server: Server) -> None:
    """A proof for another address, another method, another token or by another key is a 401"""
    other = ProofKey().headers("GET", server.url + INCIDENTS, server.clock.now(), server.token)
    for made in (
        server.proven("GET", "/dispatch/v1/centre", server.token),
        server.proven("POST", INCIDENTS, server.token),
        server.proven("GET", INCIDENTS, "another token") | {"Authorization": f"DPoP {server.token}"},
        other,
        {"Authorization": f"Bearer {server.token}"},
    ):
        answer = await server.call("GET", INCIDENTS, headers=made, token="")
        expect(answer.status, 401, "the status")


async def tell_its_time(server: Server) -> None:
    """Every answer carries the server's time; a proof 9 min off is taken for a report, and refused for a read"""
    for minutes in (9, -9):
        off = timedelta(minutes=minutes)
        reported = await server.report(server.new_report(), None, server.proven("POST", INCIDENTS, server.token, off))
        expect(reported.status, 201, "a report's status")
        datetime.fromisoformat(reported.headers["server-time"])
        read = await server.call("GET", INCIDENTS, headers=server.proven("GET", INCIDENTS, server.token, off), token="")
        expect((read.status, read.slug), (401, "clock-off"), "status and type of a read")
        datetime.fromisoformat(read.json()["server_time"])


async def refuse_without_a_token(server: Server) -> None:
    """Without a token, or with one nobody gave out, there is nothing but a 401"""
    for token in ("", "made-up"):
        answer = await server.call("POST", INCIDENTS, server.new_report(), {"Idempotency-Key": new_key()}, token=token)
        expect((answer.status, answer.slug), (401, "unauthorised"), "status and type")


CHECKS = (
    log_in_with_a_key,
    refuse_a_log_in_twice,
    refuse_a_wrong_key,
    refuse_a_log_in_without_a_proof,
    refuse_without_a_token,
    take_a_proof_once,
    refuse_a_proof_of_something_else,
    tell_its_time,
)
