"""Every route of both applications with what stands before it, read off the applications themselves."""

import tempfile
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, assert_never

import msgspec
from litestar import Litestar
from litestar.routes import HTTPRoute

from backend.api.guards import Guard, scope_for
from backend.app.factory import create_app
from backend.console.by_script import DATA
from backend.console.who import must_be_signed_in as must_be_at_the_console
from backend.identity.staff import MAY
from backend.identity.tokens import Audience
from campaigns.api.bearer import must_hold_a_token
from campaigns.app import create_app as create_campaigns
from campaigns.settings import Settings as CampaignSettings
from campaigns.signing_in.guard import must_be_signed_in
from tests.access.roles import KINDS, SCOPES, STAFF, Role
from tests.edge.cast import make_settings


class Opens(StrEnum):
    """What a gate opens to; `scope` of a gate is a token's scope, at the console what a role has to allow."""

    ANYBODY = "anybody"
    PROVEN_PHONE = "a proven phone"
    VOLUNTEER = "a hjerteløber's phone"
    DISPATCH = "a dispatch centre's system"
    STAFF = "somebody at the console"
    STAFF_SCRIPT = "a page of somebody at the console"
    TOKEN = "a programme's token"
    SIGNED_IN = "a manager who is signed in"


class Right(StrEnum):
    """What a role is answered at a gate."""

    YES = "yes"
    WHO_ARE_YOU = "401"
    NOT_YOU = "403"
    SIGN_IN_FIRST = "303"  # pages: on to the log-in


class Gate(msgspec.Struct, frozen=True):
    opens: Opens
    scope: str | None = None

    def words(self) -> str:
        return self.opens.value + (f" with `{self.scope}`" if self.scope else "")


class Route(msgspec.Struct, frozen=True, order=True):
    """One address and method. `app`: backend or campaigns."""

    app: str
    path: str
    method: str
    gate: Gate = msgspec.field(default=Gate(Opens.ANYBODY))

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


_OPENS = {
    None: Opens.ANYBODY,
    Audience.MOBILE: Opens.VOLUNTEER,
    Audience.SIGN_UP: Opens.PROVEN_PHONE,
    Audience.DISPATCH: Opens.DISPATCH,
}


def backend_app(folder: Path) -> Litestar:
    """The application as one process serves it; nothing is started."""
    return create_app(make_settings("postgresql://nowhere/", folder))


def campaigns_app() -> Litestar:
    """With sign-in, so that every page there can be is there."""
    return create_campaigns(CampaignSettings(database_url="x", oidc_issuer="http://127.0.0.1:9", oidc_client_id="x"))


def every_route() -> list[Route]:
    """Of both applications, in the order of their addresses."""
    with tempfile.TemporaryDirectory() as folder:
        backend = backend_app(Path(folder))
    found = [
        *(Route("backend", path, method, _backend_gate(handler)) for path, method, handler in _handlers(backend)),
        *(
            Route("campaigns", path, method, _campaigns_gate(handler))
            for path, method, handler in _handlers(campaigns_app())
        ),
    ]
    return sorted(found, key=lambda route: (route.app, route.path, route.method))


def at_the_gate(route: Route, role: Role) -> Right:
    """What the gate alone answers: whose things it is about comes after it."""
    gate = route.gate
    match gate.opens:
        case Opens.ANYBODY:
            return Right.YES
        case Opens.PROVEN_PHONE:
            return Right.YES if role is Role.NEWCOMER else Right.WHO_ARE_YOU
        case Opens.VOLUNTEER:
            return Right.YES if role is Role.VOLUNTEER else Right.WHO_ARE_YOU
        case Opens.DISPATCH:
            if role not in SCOPES:
                return Right.WHO_ARE_YOU
            assert gate.scope is not None, "tests/edge insists on it"
            return Right.YES if scope_for(gate.scope, KINDS[role]) in SCOPES[role] else Right.NOT_YOU
        case Opens.STAFF | Opens.STAFF_SCRIPT:
            if role not in STAFF:
                return Right.SIGN_IN_FIRST if gate.opens is Opens.STAFF else Right.WHO_ARE_YOU
            return Right.YES if gate.scope is None or gate.scope in MAY[STAFF[role]] else Right.NOT_YOU
        case Opens.TOKEN:
            return Right.YES if role in (Role.PARTY, Role.UNIT_PARTY) else Right.WHO_ARE_YOU
        case Opens.SIGNED_IN:
            return Right.YES if role in (Role.MANAGER, Role.UNIT_MANAGER) else Right.SIGN_IN_FIRST
        case _:
            assert_never(gate.opens)


def _handlers(app: Litestar) -> Iterator[tuple[str, str, Any]]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for method, (handler, _) in route.route_handler_map.items():
                if method != "OPTIONS":
                    yield route.path_format, str(method), handler


def _backend_gate(handler: Any) -> Gate:
    guards = handler.resolve_guards()
    if must_be_at_the_console in guards:
        by_script = any(path.startswith(DATA) for path in handler.paths)
        return Gate(Opens.STAFF_SCRIPT if by_script else Opens.STAFF, handler.opt.get("may"))
    (guard,) = (each for each in guards if isinstance(each, Guard))
    return Gate(_OPENS[guard.audience], guard.scope)


def _campaigns_gate(handler: Any) -> Gate:
    guards = handler.resolve_guards()
    if must_hold_a_token in guards:
        return Gate(Opens.TOKEN)
    return Gate(Opens.SIGNED_IN if must_be_signed_in in guards else Opens.ANYBODY)
