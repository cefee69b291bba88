"""Somebody in a dispatch centre's network floods the log-in: a system that was let in lately still gets its tokens."""

from datetime import timedelta

from backend.api.limits import ALLOWANCES, Limit, Limiter
from backend.conform.signing import ProofKey
from tests.edge.cast import PROOFS, Edge
from tests.edge.test_log_in import logs_in
from tests.edge.test_proofs import TOKEN_URL, LetIn, Thief, let_in


async def flooded(edge: Edge) -> LetIn:
    """A system that logged in, and then everything its network may ask for is used up for good."""
    edge.app.state.limiter = Limiter(monotonic=lambda: 0.0)
    client = await let_in(edge, "vendor")
    assert (await client.asks_for_a_token(PROOFS)).status_code == 200
    allowance = ALLOWANCES[Limit.TOKENS]
    assert allowance
    answers = [await logs_in(edge, {}, "rubbish") for _ in range(allowance.burst)]
    assert answers[-1].status_code == 429
    return client


async def test_who_logged_in_lately_is_counted_by_its_own_key(edge: Edge) -> None:
    client = await flooded(edge)
    assert [(await client.asks_for_a_token(PROOFS)).status_code for _ in range(5)] == [200] * 5


async def test_its_own_key_has_an_end_too(edge: Edge) -> None:
    await flooded(edge)
    allowance = ALLOWANCES[Limit.TOKENS]
    assert allowance
    statuses = {(await logs_in(edge, {})).status_code for _ in range(allowance.burst)}
    assert 429 not in statuses
    assert (await logs_in(edge, {})).status_code == 429


async def test_another_key_in_that_network_waits(edge: Edge) -> None:
    await flooded(edge)
    newcomer = await let_in(edge, "newcomer")
    assert (await newcomer.asks_for_a_token(ProofKey())).status_code == 429


async def test_whoever_names_its_key_and_does_not_hold_it_is_counted_with_the_rest(edge: Edge) -> None:
    await flooded(edge)
    thief = Thief(edge)
    forged = thief.signed({"jwk": PROOFS.public_jwk}, htm="POST", htu=TOKEN_URL, ath=None)
    assert (await logs_in(edge, {}, forged)).status_code == 429
    assert (await logs_in(edge, {}, "rubbish")).status_code == 429


async def test_lately_is_an_hour(edge: Edge) -> None:
    client = await flooded(edge)
    edge.clock.advance(timedelta(hours=1))
    assert (await client.asks_for_a_token(PROOFS)).status_code == 429
