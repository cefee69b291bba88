"""Who signs in at the demo's campaign site, and the local provider that vouches for them: a stand-in, no passwords."""

from collections.abc import Sequence

import msgspec

from backend.demo import staff_people
from backend.demo.parts import PYTHON, answers
from backend.demo.ports import HOST
from backend.demo.supervisor import Part

PORT = 9400
PROVIDER = "provider"
CLIENT_ID = "hjerteloeber-demo"


class LogIn(msgspec.Struct, frozen=True):
    """Somebody by the name that is typed at the provider; `unit` None: all that their party sees."""

    user: str
    email: str
    called: str
    party: str
    unit: str | None
    sees: str


LOG_INS = (
    LogIn(
        "kommunikation", "kommunikation@fmn.example", "Karen Prøvesen", "fmn", None, "the whole campaign, every unit"
    ),
    LogIn("hjemmevaernet", "hjemmevaernet@fmn.example", "Hans Demosen", "fmn", "HJV", "Hjemmeværnet and all below it"),
    LogIn("kompagni", "kompagni@fmn.example", "Ida Eksempel", "fmn", "EKS-HK-01", "one company"),
    LogIn("sundhed", "sundhed@sum.example", "Bo Testrup", "sundhed", None, "the campaign's total and no unit"),
)


def provider(issuer: str, people: Sequence[LogIn] = LOG_INS) -> Part:
    """It shows a page on which one of these is chosen; on this machine only."""
    known = [{"sub": each.user, "email": each.email, "email_verified": True, "name": each.called} for each in people]
    known += staff_people.CLAIMS  # the console's people sign in at the same place
    command = (
        *(PYTHON, "-m", "oidc_provider_mock", "--host", HOST, "--port", issuer.rsplit(":", 1)[1]),
        *("--require-nonce", "true"),
        *(word for claims in known for word in ("--user-claims", msgspec.json.encode(claims).decode())),
    )
    ready = answers(issuer, "/.well-known/openid-configuration")
    return Part(PROVIDER, command, is_ready=ready, restarts=True)
