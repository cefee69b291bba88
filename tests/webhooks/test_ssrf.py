"""A webhook never leads inwards: not by what its address says, not by what its name means, not by a second thought."""

import asyncio
import socket
import threading
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.webhooks.addresses import is_public, mistake_in, ports_in
from backend.webhooks.outside import Threads, open_session, post
from tests.webhooks.cast import NAME, Certificates, Names, hook_at, only, session_to

PORTS = frozenset({443})

REFUSED = [
    # addresses, however they are written
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://017700000001/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://0/",
    "https://0.0.0.0/",
    "https://10.0.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://192.168.1.1/",
    "https://8.8.8.8/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b:1::a00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fc00::1]/",
    "https://[fd12:3456:789a::1]/",
    "https://1.2.3.4.5.0x7f/",
    "https://dispatch.1/",
    # names that only an own network knows
    "https://localhost/",
    "https://localhost./",
    "https://a.localhost/",
    "https://db/",
    "https://postgres/",
    "https://metadata.google.internal/",
    "https://printer.local/",
    "https://1.0.0.127.in-addr.arpa/",
    # who else is in it
    "https://user@dispatch.example/",
    "https://user:secret@dispatch.example/",
    "https://dispatch.example@127.0.0.1/",
    "https://127.0.0.1#@dispatch.example/",
    "https://dispatch.example#@127.0.0.1/",
    "https://dispatch.example\\@127.0.0.1/",
    "https://dispatch.example%00.evil.example/",
    "https://dispatch.example%2f@evil.example/",
    "https://dispatch.example /",
    "https://dispatch.example\n.evil.example/",
    "https://dispatch.example\t/",
    # another way or another door
    "http://dispatch.example/",
    "ftp://dispatch.example/",
    "file:///etc/passwd",
    "gopher://dispatch.example/",
    "//dispatch.example/",
    "dispatch.example",
    "https://",
    "https:///",
    "https://dispatch.example:22/",
    "https://dispatch.example:5432/",
    "https://dispatch.example:0/",
    "https://dispatch.example:99999/",
    "https://dispatch.example:x/",
    # letters that look like others
    "https://dıspatch.example/",
    "https://ⓓispatch.example/",
    "https://１２７.0.0.1/",
    "https://127。0。0。1/",
    "https://dispatch．example/",
    "https://-dispatch.example/",
    "https://dispatch..example/",
    "https://" + "a" * 64 + ".example/",
    "https://dispatch.example/" + "a" * 500,
]


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_that_is_no_public_name_cannot_be_written_down(url: str) -> None:
    assert mistake_in(url, PORTS) is not None


@pytest.mark.parametrize(
    "url",
    [
        "https://dispatch.example/hooks",
        "https://dispatch.example",
        "https://dispatch.example:443/hooks?centre=1",
        "https://xn--hjertelber-5cb.example/",
        "https://a-1.b2.dispatch.example/a/b%20c",
    ],
)
def test_a_public_name_can(url: str) -> None:
    assert mistake_in(url, PORTS) is None


def test_another_port_is_the_operator_s_decision() -> None:
    assert mistake_in("https://dispatch.example:8443/", ports_in("8443")) is None
    assert mistake_in("https://dispatch.example:8443/", ports_in("")) is not None


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "https://localhost:8443/"])
def test_this_very_machine_is_for_tests_and_the_demo(url: str) -> None:
    assert mistake_in(url, PORTS, loopback=True) is None
    assert mistake_in(url, PORTS) is not None
    assert mistake_in("http://10.0.0.1/", PORTS, loopback=True) is not None


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.255", "169.254.169.254", "172.16.0.1"),
        *("172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.51.100.1"),
        *("203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808"),
        *("64:ff9b:1::1", "100::1", "2001::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::"),
        *("2002:808:808::", "3fff::1", "5f00::1", "fc00::1", "fd00::1", "fe80::1", "fe80::1%1", "fec0::1", "ff02::1"),
        "2a00::1%eth0",
    ],
)
def test_what_is_not_given_out_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2a00:1450::1", "2600::1"]
)
def test_what_is_given_out_is(address: str) -> None:
    assert is_public(ip_address(address))


@given(st.ip_addresses())
def test_nothing_is_public_that_python_s_own_list_calls_private(address: object) -> None:
    found = ip_address(str(address))
    assert not is_public(found) or (found.is_global and not found.is_multicast)


PRIVATE = [
    ["127.0.0.1"],
    ["10.0.0.1"],
    ["169.254.169.254"],
    ["::1"],
    ["::ffff:127.0.0.1"],
    ["64:ff9b::7f00:1"],
    ["fd00::1"],
    ["fe80::1"],
    ["0.0.0.0"],
    ["93.184.216.34", "127.0.0.1"],  # one of each: which of them is called would be chance
    ["2a00:1450::1", "::1"],
    ["not an address"],
    [],
]


@pytest.mark.parametrize("answer", PRIVATE, ids=",".join)
async def test_a_name_that_leads_inwards_is_not_called(certificates: Certificates, answer: list[str]) -> None:
    """However it comes to lead there, by a record of its own or by another name's."""
    async with hook_at("127.0.0.1", certificates) as hook, open_session(resolver=Names(answer)) as session:
        assert await post(session, hook.url, {}, b"{}") == "not_public"
    assert hook.requests == []


async def test_a_name_that_changes_its_mind_is_called_where_it_was_looked_at(certificates: Certificates) -> None:
    """Public when it is looked at, private a moment later: there is no moment later, it is asked once."""
    names = Names(["127.0.0.2"], ["127.0.0.1"])
    async with (
        hook_at("127.0.0.2", certificates) as public,
        hook_at("127.0.0.1", certificates, public.port) as private,
        session_to(certificates, names, only("127.0.0.2")) as session,
    ):
        assert await post(session, public.url, {}, b"{}") == "204"
        assert names.asked == [NAME]
        assert await post(session, public.url, {}, b"{}") == "not_public"
        assert names.asked == [NAME, NAME]
    assert (len(public.requests), private.requests) == (1, [])


async def test_the_socket_itself_refuses_what_is_not_public(certificates: Certificates) -> None:
    """Beneath the resolver, where an address is written as such: nothing gets past by not being asked."""
    async with hook_at("127.0.0.1", certificates) as hook, open_session() as session:
        assert await post(session, f"https://127.0.0.1:{hook.port}/", {}, b"{}") == "not_public"
        assert await post(session, f"https://[::ffff:127.0.0.1]:{hook.port}/", {}, b"{}") == "not_public"
        assert await post(session, "https://[::1]:9/", {}, b"{}") == "not_public"
        assert await post(session, "https://2130706433/", {}, b"{}") == "unusable_address"
    async with hook_at("127.0.0.1", certificates) as hook, open_session(only("127.0.0.1")) as session:
        there = await post(session, f"https://127.0.0.1:{hook.port}/", {}, b"{}")
        assert there == "certificate", "somebody is there: what kept it above was the address alone"


async def test_the_system_s_own_resolver_is_looked_at_too() -> None:
    async with open_session(resolver=Threads()) as session:
        assert await post(session, "https://localhost:9/", {}, b"{}") == "not_public"


async def test_a_name_server_that_hangs_takes_one_thread_however_often_it_is_tried() -> None:
    hangs, asked = threading.Event(), []

    def look_up(host: str, *_: int) -> list[tuple[Any, ...]]:
        asked.append(host)
        if host == "hangs.example":
            hangs.wait(30)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))]

    names = Threads(look_up)
    try:
        for _ in range(50):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(names.resolve("hangs.example", 443), 0.001)
        (found,) = await asyncio.wait_for(names.resolve("answers.example", 443), 5)
        assert (found["host"], asked) == ("93.184.216.34", ["hangs.example", "answers.example"])
    finally:
        hangs.set()
    await names.resolve("hangs.example", 443)
    await names.resolve("answers.example", 443)
    assert asked.count("answers.example") == 2, "what was answered is looked up anew"
    await names.close()


@pytest.mark.parametrize(
    "location", ["http://127.0.0.1:{port}/", "https://dispatch.example:{port}/again", "//localhost"]
)
async def test_no_redirect_is_followed(certificates: Certificates, location: str) -> None:
    async with hook_at("127.0.0.1", certificates) as inner:
        where = location.format(port=inner.port)
        async with (
            hook_at("127.0.0.1", certificates, location=where) as hook,
            session_to(certificates, Names(["127.0.0.1"])) as session,
        ):
            assert await post(session, hook.url, {}, b"{}") == "307"
    assert (len(hook.requests), inner.requests) == (1, [])


async def test_the_name_is_what_the_certificate_must_be_for(certificates: Certificates) -> None:
    async with hook_at("127.0.0.1", certificates) as hook:
        async with session_to(certificates, Names(["127.0.0.1"])) as session:
            assert await post(session, f"https://other.example:{hook.port}/", {}, b"{}") == "certificate"
            assert await post(session, hook.url, {}, b"{}") == "204"
        async with open_session(only("127.0.0.1"), resolver=Names(["127.0.0.1"])) as trusting_the_system:
            assert await post(trusting_the_system, hook.url, {}, b"{}") == "certificate"
    assert [headers["Host"] for headers, _ in hook.requests] == [f"{NAME}:{hook.port}"]


async def test_a_proxy_in_the_environment_is_not_asked(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    async with hook_at("127.0.0.1", certificates) as hook, session_to(certificates, Names(["127.0.0.1"])) as session:
        assert await post(session, hook.url, {}, b"{}") == "204"
