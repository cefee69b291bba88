"""How dispatch systems log in: by a key or by a certificate, and by nothing else."""

import base64
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from httpx import Response
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from backend.conform.signing import ASSERTION_TYPE, ClientKey, ProofKey
from backend.foundation.database import Actor, Lane, Role, open_database
from backend.identity.client_keys import made_key
from backend.identity.clients import add_certificate, add_key, known_as
from backend.identity.queries_clients import certificates_that_end, delete_key
from tests.edge.cast import NOW, PROOFS, URL, Edge, make_settings, running_edge
from tests.edge.test_proofs import TOKEN_URL, LetIn, let_in, slug

INCIDENTS = "/dispatch/v1/incidents"


async def logs_in(edge: Edge, form: dict[str, str], proof: str | None = None, **headers: str) -> Response:
    shown = PROOFS.proof("POST", TOKEN_URL, edge.clock.now()) if proof is None else proof
    return await edge.http.post(TOKEN_URL, data=form, headers={"DPoP": shown, **headers})


async def test_a_token_is_had_with_the_registered_key(edge: Edge) -> None:
    client = await let_in(edge, "vendor")
    answer = await client.asks_for_a_token(PROOFS)
    assert answer.status_code == 200, answer.text
    assert answer.json()["token_type"] == "DPoP"
    assert answer.headers["cache-control"] == "no-store"


async def test_both_keys_are_good_while_one_is_replaced_and_the_old_one_is_not_after(edge: Edge) -> None:
    client = await let_in(edge, "vendor")
    private, key = made_key()
    database = await open_database(edge.dsn, dict.fromkeys(Lane, 1))
    async with database.acting_as(Actor(Role.OWNER)) as connection:
        known = await known_as(connection, "vendor")
        assert known is not None
        await add_key(connection, known.id, key, NOW)
    new = LetIn(edge, "vendor", private)
    during = [await each.asks_for_a_token(PROOFS) for each in (client, new)]
    async with database.acting_as(Actor(Role.OWNER)) as connection:
        await delete_key(connection, known.id, client.key.thumbprint)
    after = [await each.asks_for_a_token(PROOFS) for each in (client, new)]
    await database.close()
    assert [each.status_code for each in during] == [200, 200]
    assert [each.status_code for each in after] == [401, 200]


class Forger:
    """Logs in as somebody who is let in, with a log-in that is wrong in one thing."""

    def __init__(self, client: LetIn, key: OKPKey) -> None:
        self.client, self.key = client, key

    def form(self, header: dict[str, Any] | None = None, **changed: Any) -> dict[str, str]:
        now = int(self.client.edge.clock.now().timestamp())
        me = self.client.client_id
        claims = {"iss": me, "sub": me, "aud": TOKEN_URL, "iat": now, "exp": now + 60, "jti": str(uuid4())} | changed
        said = {"alg": "Ed25519"} | (header or {})
        kept = {name: value for name, value in claims.items() if value is not None}
        return as_form(jwt.encode(said, kept, self.key, algorithms=["Ed25519"]))


def as_form(assertion: str) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
    }


async def forger_of(edge: Edge) -> Forger:
    """Who has stolen nothing but knows everything else; the key is the client's own where a test gives it."""
    client = await let_in(edge, "vendor")
    return Forger(client, OKPKey.import_key(client.private))


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "another"},
        {"sub": "another", "iss": "another"},
        {"aud": "https://elsewhere.example/oauth/token"},
        {"aud": ["https://elsewhere.example/oauth/token"]},
        {"aud": None},
        {"jti": None},
        {"jti": ""},
        {"exp": None},
        {"iat": None},
        {"exp": int(NOW.timestamp()) + 301},
        {"exp": int(NOW.timestamp()) - 1},
        {"iat": 0, "exp": 60},
        {"iat": 1e300, "exp": 1e300},
    ],
)
async def test_a_log_in_of_something_else_is_refused(edge: Edge, changed: dict[str, Any]) -> None:
    forger = await forger_of(edge)
    refused = await logs_in(edge, forger.form(**changed))
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


async def test_what_is_right_in_all_of_that_lets_in_once(edge: Edge) -> None:
    """So that the refusals above are for what they say."""
    forger = await forger_of(edge)
    form = forger.form(aud=[TOKEN_URL, "https://elsewhere.example"])
    assert (await logs_in(edge, form)).status_code == 200
    again = await logs_in(edge, form)
    assert (again.status_code, again.json()["error"]) == (401, "invalid_client")


async def test_a_log_in_signed_by_nobody_or_by_another_is_refused(edge: Edge) -> None:
    forger = await forger_of(edge)
    right = forger.form()["client_assertion"]
    _, body, signature = right.split(".")

    def headed(header: dict[str, str], by: str) -> str:
        return f"{base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b'=').decode()}.{body}.{by}"

    public = OctKey.import_key(json.dumps(forger.client.key.public_jwk))
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    forged = [
        headed({"alg": "none"}, ""),
        headed({"alg": "HS256"}, signature),
        headed({"alg": "RS256"}, signature),
        jwt.encode({"alg": "HS256"}, claims, public, algorithms=["HS256"]),
        Forger(forger.client, OKPKey.generate_key("Ed25519")).form()["client_assertion"],
        Forger(forger.client, OKPKey.generate_key("Ed25519")).form({"kid": forger.client.key.thumbprint})[
            "client_assertion"
        ],
        right[:-8] + "AAAAAAAA",
        "",
        "a.b.c",
    ]
    for assertion in forged:
        refused = await logs_in(edge, as_form(assertion))
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client"), assertion


async def test_a_key_called_otherwise_by_its_owner_is_good(edge: Edge) -> None:
    """An unknown kid is a name somebody else gave; the signature is what counts."""
    forger = await forger_of(edge)
    assert (await logs_in(edge, forger.form({"kid": "our-key-2026"}))).status_code == 200


async def test_nobody_can_tell_a_client_that_is_there_from_one_that_is_not(edge: Edge) -> None:
    await let_in(edge, "vendor")
    stranger = ClientKey.made()
    answers = [await logs_in(edge, stranger.form(name, TOKEN_URL, NOW)) for name in ("vendor", "nobody")]
    assert answers[0].status_code == answers[1].status_code == 401
    assert answers[0].content == answers[1].content


async def test_there_are_no_secrets_any_more(edge: Edge) -> None:
    await let_in(edge, "vendor")
    form = {"grant_type": "client_credentials", "client_id": "vendor", "client_secret": "a secret"}
    basic = {"Authorization": "Basic " + base64.b64encode(b"vendor:a secret").decode()}
    for refused in (await logs_in(edge, form), await logs_in(edge, {"grant_type": "client_credentials"}, **basic)):
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
        assert "no client secrets" in refused.json()["detail"]


async def test_a_log_in_without_a_proof_and_one_with_a_used_proof_are_refused(edge: Edge) -> None:
    client = await let_in(edge, "vendor")
    proof = PROOFS.proof("POST", TOKEN_URL, NOW)
    assert (await logs_in(edge, client.key.form("vendor", TOKEN_URL, NOW), proof)).status_code == 200
    for given, slug_ in (("", "wrong-proof"), (proof, "proof-repeated")):
        refused = await logs_in(edge, client.key.form("vendor", TOKEN_URL, NOW), given)
        assert (refused.status_code, slug(refused)) == (401, slug_)


async def test_logging_in_takes_nothing_but_the_database(edge: Edge) -> None:
    """No worker, no provider, no list of revoked certificates is there in this test; a clock off by minutes does not
    keep anybody from a token either."""
    client = await let_in(edge, "vendor")
    for off in (timedelta(minutes=-9), timedelta(minutes=9)):
        assert (await client.asks_for_a_token(PROOFS, off)).status_code == 200
    late = await client.asks_for_a_token(PROOFS, timedelta(minutes=-16))
    assert (late.status_code, slug(late)) == (401, "clock-off")
    assert late.json()["server_time"] == "2026-11-21T20:05:00.000Z"


# Certificates ------------------------------------------------------------------------------------------------------


class Authority:
    """Makes certificates for clients, as somebody's public key infrastructure does."""

    def __init__(self) -> None:
        self.key = generate_private_key(SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority")])
        self.certificate = self._builder(name, name, self.key, timedelta(days=3650)).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        ).add_extension(
            x509.KeyUsage(
                digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
                key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
            ),
            critical=True,
        ).add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False).sign(
            self.key, hashes.SHA256()
        )  # fmt: skip

    def _builder(
        self, subject: x509.Name, issuer: x509.Name, key: EllipticCurvePrivateKey, lasts: timedelta
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=1))
            .not_valid_after(NOW + lasts)
        )

    def certify(self, common_name: str, lasts: timedelta = timedelta(days=90)) -> x509.Certificate:
        key = generate_private_key(SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        issuer = self.certificate.subject
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        return (
            self._builder(subject, issuer, key, lasts)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(common_name)]), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
            .add_extension(identifier, critical=False)
            .sign(self.key, hashes.SHA256())
        )


def client_cert(certificate: x509.Certificate) -> dict[str, str]:
    """The header a proxy adds (RFC 9440)."""
    return {"Client-Cert": f":{base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()}:"}


PROXY = "127.0.0.1"
BY_CERTIFICATE = {"grant_type": "client_credentials", "client_id": "vendor"}


async def lets_in_by_certificate(edge: Edge, subject: str | None, thumbprint: bytes | None = None) -> None:
    await let_in(edge, "vendor")
    database = await open_database(edge.dsn, dict.fromkeys(Lane, 1))
    async with database.acting_as(Actor(Role.OWNER)) as connection:
        known = await known_as(connection, "vendor")
        assert known is not None
        await add_certificate(connection, known.id, subject, thumbprint, NOW)
    await database.close()


async def test_a_certificate_lets_in_and_its_token_is_bound_to_it(database_dsn: str, tmp_path: Path) -> None:
    authority = Authority()
    mine, other = authority.certify("cad.example"), authority.certify("cad.example")
    (tmp_path / "ca.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    settings = make_settings(database_dsn, tmp_path, client_ca_file=tmp_path / "ca.pem", trusted_proxies=PROXY)
    async with running_edge(settings) as edge:
        await lets_in_by_certificate(edge, "CN=cad.example")
        answer = await logs_in(edge, BY_CERTIFICATE, None, **client_cert(mine))
        assert answer.status_code == 200, answer.text
        token = answer.json()["access_token"]

        async def reads(**headers: str) -> int:
            proven = PROOFS.headers("GET", URL + INCIDENTS, NOW, token)
            return (await edge.http.get(INCIDENTS, headers=proven | headers)).status_code

        assert await reads(**client_cert(mine)) == 200
        assert await reads(**client_cert(other)) == 401, "of the same subject, and not the one the token was given to"
        assert await reads() == 401

        database = await open_database(edge.dsn, dict.fromkeys(Lane, 1))
        async with database.acting_as(Actor(Role.WORKER)) as connection:
            (ends,) = await certificates_that_end(connection)
        await database.close()
        assert (ends.client_id, ends.ends_at) == ("vendor", NOW + timedelta(days=90))


async def test_a_certificate_that_does_not_count_lets_nobody_in(database_dsn: str, tmp_path: Path) -> None:
    authority, stranger = Authority(), Authority()
    (tmp_path / "ca.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    settings = make_settings(database_dsn, tmp_path, client_ca_file=tmp_path / "ca.pem", trusted_proxies=PROXY)
    async with running_edge(settings) as edge:
        await lets_in_by_certificate(edge, "CN=cad.example")
        wrong = [
            client_cert(stranger.certify("cad.example")),  # of an authority nobody here believes
            client_cert(authority.certify("another.example")),  # somebody else's
            client_cert(authority.certify("cad.example", timedelta(seconds=-1))),  # over
            {"Client-Cert": ":bm90aGluZw==:"},
            {"Client-Cert": "nothing"},
            {},
        ]
        for header in wrong:
            refused = await logs_in(edge, BY_CERTIFICATE, None, **header)
            assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


async def test_a_certificate_that_no_trusted_proxy_vouches_for_is_anybody_s(database_dsn: str, tmp_path: Path) -> None:
    """The header alone can be written by whoever has once seen the certificate."""
    authority = Authority()
    (tmp_path / "ca.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    settings = make_settings(database_dsn, tmp_path, client_ca_file=tmp_path / "ca.pem", trusted_proxies="10.9.9.9")
    async with running_edge(settings) as edge:
        await lets_in_by_certificate(edge, "CN=cad.example")
        refused = await logs_in(edge, BY_CERTIFICATE, None, **client_cert(authority.certify("cad.example")))
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


async def test_without_authorities_no_certificate_counts(edge: Edge) -> None:
    await lets_in_by_certificate(edge, "CN=cad.example")
    refused = await logs_in(edge, BY_CERTIFICATE, None, **client_cert(Authority().certify("cad.example")))
    assert refused.status_code == 401


async def test_a_proof_key_of_one_s_own_binds_the_token_to_that_key_alone(edge: Edge) -> None:
    client = await let_in(edge, "vendor")
    mine = ProofKey()
    token = await client.log_in(mine)
    right = await edge.http.get(INCIDENTS, headers=mine.headers("GET", URL + INCIDENTS, NOW, token))
    wrong = await edge.http.get(INCIDENTS, headers=PROOFS.headers("GET", URL + INCIDENTS, NOW, token))
    assert (right.status_code, wrong.status_code) == (200, 401)
