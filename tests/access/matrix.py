"""The matrix: what each role gets at each route, by guard and ownership; and the document that says so."""

from pathlib import Path

from backend.foundation.kinds import Kind
from backend.identity.approval import RULES
from backend.identity.staff import MAY
from tests.access.gates import Opens, Right, Route, at_the_gate, every_route
from tests.access.ownership import SECTIONS, Owned, Whose, owned
from tests.access.roles import KINDS, OF_CAMPAIGNS, STAFF, WHO, Role

DOCUMENT = Path(__file__).parents[2] / "docs" / "security" / "access.md"

HEAD = """# Who may call what

Written by `make access` from the guards in the code and from the table of ownership in `tests/access/ownership.py`; a
test compares, and a route without a row fails. Every call of these tables is made as every role, and looked at, by
`tests/access/test_performed.py` and `tests/campaigns/test_access.py`.

What a cell says:

| | |
|---|---|
| **yes** | answered, whoever asks |
| **own** | answered for one's own; neither address nor body names anything, so nobody else's can be asked for |
| **own**, else 404 | answered for one's own; anybody else's is as one that never was, byte for byte |
| **holder** | answered to who holds the secret: a code sent to a phone, a link in a text, a cookie, a refresh token |
| at every centre | answered for a role that holds at every centre; 403 for one at a single centre |
| 401 | who are you: no credential, or one that is for something else |
| 403 | known, and without the right |
| 303 | a page: led to the log-in |

A refusal is a problem document (RFC 9457), on pages a page, and repeats nothing of what was sent. The database holds
the same line again: row-level security shows the API no row of another centre or person, whatever a query forgot.

## The roles

| role | is |
|---|---|
"""
TAIL = """
## Who has no route at all

- **Operators** work on the machine with `hjerteloeber …` and `python -m campaigns …`: whoever may run those has the
  keys' files and the database anyway. No route does what they do.
- **The worker, the sealer, the timers** are called by nobody; they act as the database role `hjerteloeber_worker`.
- **Campaigns** reach the backend through functions of the database only, as the role `hjerteloeber_campaigns`, which
  can read no table about a person.
"""


def cell(route: Route, what: Owned, role: Role) -> str:
    """What `role` is answered."""
    right = at_the_gate(route, role)
    if right is not Right.YES:
        return right.value
    if what.asks and role in STAFF and not MAY[STAFF[role]] & {rule.ask for rule in RULES.values()}:
        return Right.NOT_YOU.value
    if what.whose is Whose.WHOLE and role in (Role.UNIT_PARTY, Role.UNIT_MANAGER):
        return "403" if route.gate.opens is Opens.TOKEN else "404"  # a page is as one that is not there
    if what.everywhere:
        return "at every centre"
    match what.whose:
        case Whose.NOBODY:
            return "**yes**"
        case Whose.ANYBODY:
            return "**yes**" if KINDS.get(role, Kind.LIVE) is Kind.LIVE else "404"
        case Whose.PROVER | Whose.HOLDER:
            return "**holder**"
        case _:
            return "**own**, else 404" if what.named else "**own**"


def document(routes: list[Route] | None = None) -> str:
    """The whole text. Raises KeyError where a route has no row."""
    found = every_route() if routes is None else routes
    lines = [HEAD + "\n".join(f"| {role.value} | {who} |" for role, who in WHO.items()) + "\n"]
    for route in found:
        _owned(route)
    for title, (app, table) in SECTIONS.items():
        lines.append(_section(title, [route for route in found if route.app == app and route.name in table]))
    return "\n".join(lines) + TAIL


def _section(title: str, routes: list[Route]) -> str:
    rows = [(route, _owned(route)) for route in routes]
    columns = [role for role in Role if _differs(rows, role)] or [Role.STRANGER]
    head = " | ".join(role.value for role in columns)
    lines = [
        f"## {title}\n",
        *_said_of_the_others(columns),
        f"| route | touches | whose | {head} |",
        "|---" * (3 + len(columns)) + "|",
        *(
            f"| `{route.name}` | {what.what} | {what.whose.value} | "
            + " | ".join(cell(route, what, role) for role in columns)
            + " |"
            for route, what in rows
        ),
    ]
    return "\n".join(lines) + "\n"


def _differs(rows: list[tuple[Route, Owned]], role: Role) -> bool:
    """Whether the role gets anywhere where a stranger does not."""
    return role is Role.STRANGER or any(
        cell(route, what, role) != cell(route, what, Role.STRANGER) for route, what in rows
    )


def _said_of_the_others(columns: list[Role]) -> list[str]:
    others = [role.value for role in Role if role not in columns]
    return [f"Everybody else ({', '.join(others)}) is a stranger here.\n"] if others else []


def _owned(route: Route) -> Owned:
    found = owned(route.app, route.name)
    if found is None:
        raise KeyError(f"{route.name} has no row in tests/access/ownership.py")
    return found


def refused(app: str) -> list[tuple[Route, Role, Right]]:
    """Every route × role without right, with what the gate says."""
    return [
        (route, role, right)
        for route in every_route()
        if route.app == app and route.gate.opens is not Opens.ANYBODY
        for role in Role
        if (right := at_the_gate(route, role)) is not Right.YES
    ]


def strangers_of(app: str) -> frozenset[Role]:
    """Roles whose credentials are another application's."""
    return OF_CAMPAIGNS if app == "backend" else frozenset(Role) - OF_CAMPAIGNS


def write() -> None:
    DOCUMENT.write_text(document(), "utf-8")
