"""Who calls is what our proxies say, and nothing a caller writes changes it."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.api.limits import ALLOWANCES, Limit, Limiter
from backend.edge.proxies import Proxies, address_of, caller_of, networks_of
from backend.foundation.settings import WrongSettings

OURS = networks_of("10.0.0.1, 172.30.77.0/24, fd00:1::/32")
PROXY = address_of("10.0.0.1")


@pytest.mark.parametrize(
    ("lines", "caller"),
    [
        ([], "10.0.0.1"),
        (["198.51.100.7"], "198.51.100.7"),
        (["6.6.6.6, 198.51.100.7"], "198.51.100.7"),
        (["6.6.6.6", "198.51.100.7"], "198.51.100.7"),
        (["198.51.100.7", "172.30.77.9"], "198.51.100.7"),
        (["6.6.6.6, 198.51.100.7, 172.30.77.9"], "198.51.100.7"),
        (["10.0.0.1, 198.51.100.7"], "198.51.100.7"),
        (["198.51.100.7:50123"], "198.51.100.7"),
        (["[2001:db8::1]:50123"], "2001:db8::1"),
        (["::ffff:198.51.100.7"], "198.51.100.7"),
        (["fe80::1%eth0"], "fe80::1"),
        (["6.6.6.6, rubbish, 172.30.77.9"], "172.30.77.9"),
        (["rubbish"], "10.0.0.1"),
        (["6.6.6.6, , 172.30.77.9"], "172.30.77.9"),
        (["172.30.77.8, 172.30.77.9"], "172.30.77.8"),
    ],
)
def test_the_caller_is_the_rightmost_hop_that_is_no_proxy_of_ours(lines: list[str], caller: str) -> None:
    assert PROXY
    assert str(caller_of(PROXY, lines, OURS)) == caller


@given(st.lists(st.text()), st.ip_addresses(v=4, network="198.51.100.0/24"))
def test_nothing_a_caller_writes_changes_who_they_are(written: list[str], caller: Any) -> None:
    """The proxy appends the address it was called from, to the line or as a line of its own."""
    assert PROXY
    assert str(caller_of(PROXY, [*written, str(caller)], OURS)) == str(caller)
    assert str(caller_of(PROXY, [", ".join([*written, str(caller)])], OURS)) == str(caller)


@pytest.mark.parametrize("listed", ["*", "10.0.0.1, *", "proxy.example", "0.0.0.0/0", "::/0"])
def test_nobody_can_believe_everybody(listed: str) -> None:
    with pytest.raises(WrongSettings):
        networks_of(listed)


@pytest.fixture
async def called() -> Any:
    """Who is called through the layer: gives the scope's client and headers as the application sees them."""
    seen: dict[str, Any] = {}

    async def application(scope: Any, _receive: Any, send: Any) -> None:
        seen.update(client=scope["client"][0], scheme=scope["scheme"], headers=dict(scope["headers"]))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def call(peer: str, headers: dict[str, str]) -> dict[str, Any]:
        layered: Any = Proxies(application, "10.0.0.1")
        transport = httpx.ASGITransport(app=layered, client=(peer, 4000))
        async with httpx.AsyncClient(transport=transport, base_url="http://edge.example") as http:
            await http.get("/", headers=headers)
        return seen

    return call


SPOOFED = {
    "X-Forwarded-For": "6.6.6.6",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Client-Cert": "Subject=amk",
    "Forwarded": "for=6.6.6.6",
    "X-Real-IP": "6.6.6.6",
    "Client-Cert": ":MIIB:",
    "X-SSL-Client-Verify": "SUCCESS",
}


async def test_from_whoever_is_no_proxy_nothing_a_proxy_would_say_gets_through(called: Any) -> None:
    seen = await called("203.0.113.5", SPOOFED)
    assert (seen["client"], seen["scheme"]) == ("203.0.113.5", "http")
    assert not {name.lower().encode() for name in SPOOFED} & set(seen["headers"])


async def test_a_proxy_of_ours_is_believed(called: Any) -> None:
    seen = await called("10.0.0.1", SPOOFED | {"X-Forwarded-For": "6.6.6.6, 198.51.100.7"})
    assert (seen["client"], seen["scheme"]) == ("198.51.100.7", "https")
    assert seen["headers"][b"client-cert"] == b":MIIB:"


async def test_a_proxy_that_speaks_over_a_mapped_address_is_one_of_ours(called: Any) -> None:
    assert (await called("::ffff:10.0.0.1", {"X-Forwarded-For": "198.51.100.7"}))["client"] == "198.51.100.7"


async def test_ten_thousand_made_up_addresses_are_one_caller(called: Any, tmp_path: Path) -> None:
    limiter, granted = Limiter(monotonic=lambda: 0.0), 0
    for number in range(1_000):
        written = f"9.9.{number // 250}.{number % 250}"
        seen = await called("10.0.0.1", {"X-Forwarded-For": f"{written}, 198.51.100.7"})
        granted += limiter.wait_s(Limit.SIGN_IN, seen["client"]) == 0
    allowance = ALLOWANCES[Limit.SIGN_IN]
    assert allowance
    assert granted == allowance.burst


def test_what_must_never_be_refused_has_no_bucket_to_run_dry() -> None:
    limiter = Limiter(monotonic=lambda: 0.0)
    assert all(limiter.wait_s(Limit.NEVER, "amk") == 0 for _ in range(100_000))
