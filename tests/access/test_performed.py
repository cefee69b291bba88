"""The matrix performed: every route called as every role, and as everybody whose it is not."""

from uuid import UUID, uuid4

import msgspec

from tests.access import calls
from tests.access.gates import Opens, Right, Route, at_the_gate, every_route
from tests.access.ownership import Owned, owned
from tests.access.roles import Role
from tests.access.wire import Answered
from tests.leak.run import without
from tests.leak.world import Caller, Drawn, World

ROUTES = [route for route in every_route() if route.app == "backend"]
GATED = [route for route in ROUTES if route.gate.opens is not Opens.ANYBODY]
ENDS = ("POST /konsol/log-ud", "POST /mobile/v1/sign-out", "DELETE /mobile/v1/me")
"""After these the caller is nobody any more: they come last."""


def as_role(world: World, role: Role) -> Caller:
    return next(caller for caller in world.callers if caller.role is role)


def is_told_no(route: Route) -> bool:
    """By the page itself: the people of these tests are of one centre."""
    return touches(route).everywhere


def roles(world: World) -> list[Role]:
    return sorted({caller.role for caller in world.callers}, key=list(Role).index)


def touches(route: Route) -> Owned:
    found = owned(route.app, route.name)
    assert found is not None, "test_matrix insists on a row"
    return found


async def called(
    world: World, caller: Caller, route: Route, named: UUID | None = None, besides: UUID | None = None
) -> Answered:
    sent = calls.EVERY[route.name](Drawn(world, caller, named or uuid4(), besides or uuid4()))
    return await world.sends(caller, sent, 0.2 if route.name in calls.STREAMS else None)


def is_a_problem(answered: Answered) -> bool:
    """A problem document whose status is the answer's."""
    if answered.media_type != "application/problem+json":
        # A page of the console: words for people, with the same status.
        return answered.media_type == "text/html" and (answered.status == 303 or b"<h1" in answered.body)
    said = msgspec.json.decode(answered.body)
    return bool(said["status"] == answered.status) and {"type", "title", "detail"} <= said.keys()


async def test_whoever_has_no_right_is_refused_with_a_problem(world: World) -> None:
    """Of every route × role: 401 or 403 as the matrix says, never an answer and never a fault."""
    wrong = []
    for route in GATED:
        for role in roles(world):
            right = at_the_gate(route, role)
            if right is not Right.YES:
                answered = await called(world, as_role(world, role), route)
                if str(answered.status) != right.value or not is_a_problem(answered):
                    wrong.append((route.name, role.value, right.value, answered.status))
    assert wrong == []


async def test_whoever_has_the_right_is_let_in(world: World) -> None:
    """So that the test above cannot pass because everybody is refused."""
    wrong = []
    for route in sorted(GATED, key=lambda route: ENDS.index(route.name) if route.name in ENDS else -1):
        for role in roles(world):
            if at_the_gate(route, role) is Right.YES and not is_told_no(route):
                answered = await called(world, as_role(world, role), route)
                away = answered.status == 503 and route.name in calls.MAY_BE_AWAY
                if answered.status in (401, 403) or (answered.status >= 500 and not away):
                    wrong.append((route.name, role.value, answered.status))
    assert wrong == []


async def test_another_s_thing_is_answered_as_one_that_never_was(world: World) -> None:
    """For every route that names a thing, and everybody with the right whose it is not: 404, in the same bytes."""
    centres = [caller for caller in world.callers if caller.role is Role.REPORTER]
    report = next(route for route in ROUTES if route.name == "POST /dispatch/v1/incidents")
    for centre in centres:
        assert (await called(world, centre, report)).status == 201
    volunteers = [caller for caller in world.callers if caller.role is Role.VOLUNTEER]
    test_alarm = next(route for route in ROUTES if route.name == "POST /mobile/v1/test-alarm")
    for volunteer in volunteers[:2]:
        assert (await called(world, volunteer, test_alarm)).status == 202
    ask = next(route for route in ROUTES if route.name == "POST /konsol/godkendelser/regel")
    for doctor in [caller for caller in world.callers if caller.role is Role.AMK_LAEGE]:
        assert (await called(world, doctor, ask)).status == 200
    await world.superuser.execute(
        """
        INSERT INTO selection.policy_draft (id, centre_id, based_on, name, fields, made_by, made_at)
        SELECT gen_random_uuid(), c.id, p.id, p.name, p.fields, gen_random_uuid(), p.made_at
        FROM regions.dispatch_centre c CROSS JOIN (SELECT * FROM selection.policy WHERE name = 'dk-2026') p
        """
    )
    await world.look()
    wrong, tried = [], set()
    for route in GATED:
        if not touches(route).named:
            continue
        for caller in world.callers:
            if at_the_gate(route, caller.role) is not Right.YES:
                continue
            foreign, never = other_s(world, caller, route), uuid4()
            theirs = await called(world, caller, route, foreign)
            nothing = await called(world, caller, route, never)
            tried.add(route.name)
            if theirs.status != 404 or without(theirs, foreign) != without(nothing, never):
                wrong.append((route.name, caller.name, theirs.status, nothing.status))
    assert wrong == []
    assert tried == {route.name for route in GATED if touches(route).named}


async def test_another_s_thing_in_a_body_is_answered_as_one_that_never_was(world: World) -> None:
    """Joining one's own incident into another centre's that is no duplicate of it, or of another kind."""
    report, join = (
        next(route for route in ROUTES if route.name == f"POST /dispatch/v1/incidents{verb}")
        for verb in ("", "/{incident_id}/join")
    )
    callers = [caller for caller in world.callers if caller.role in (Role.REPORTER, Role.EXERCISER)]
    for caller in callers:
        assert (await called(world, caller, report)).status == 201
    await world.look()
    tried = 0
    for caller in callers:
        mine = (caller.centre, caller.kind.value)
        own = next(incident for incident, whose in world.owners.incidents.items() if whose == mine)
        nothing = await called(world, caller, join, own, never := uuid4())
        for foreign, whose in world.owners.incidents.items():
            if whose != mine:
                theirs = await called(world, caller, join, own, foreign)
                assert theirs.status == 409
                assert without(theirs, foreign) == without(nothing, never)
                tried += 1
    assert tried == len(callers) * (len(callers) - 1)


async def test_a_defibrillator_is_any_live_centre_s_to_confirm_and_no_exercise_s(world: World) -> None:
    route = next(route for route in GATED if "{aed_id}" in route.path)
    found = {
        caller.role: (await called(world, caller, route, world.owners.aeds[0])).status
        for caller in world.callers
        if at_the_gate(route, caller.role) is Right.YES
    }
    assert found == {Role.REPORTER: 204, Role.EXERCISER: 404}


def other_s(world: World, caller: Caller, route: Route) -> UUID:
    """A thing that is there and is somebody else's."""
    owners = world.owners
    if "{incident_id}" in route.path:
        mine = (caller.centre, caller.kind.value)
        return next(incident for incident, whose in owners.incidents.items() if whose != mine)
    if "{alert_id}" in route.path and caller.centre is not None:
        return next(alert for alert, centre in owners.asked_by.items() if centre != caller.centre)
    if "{draft_id}" in route.path:
        return next(draft for draft, centre in owners.drafts.items() if centre != caller.centre)
    if "{approval_id}" in route.path:
        return next(asked for asked, centre in owners.approvals.items() if centre != caller.centre)
    things = owners.alerts if "{alert_id}" in route.path else owners.tests
    return next(thing for thing, whose in things.items() if whose != caller.person)
