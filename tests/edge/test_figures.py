"""What a serve process shows of itself: why it is not ready, whom it refused, and what a stand-down came to."""

import re

from tests.edge.cast import Edge
from tests.edge.test_dispatch_centre import Centre


async def shown(edge: Edge, figure: str) -> float:
    """One line of the figures; 0 while there is none."""
    text = (await edge.http.get("/metrics")).text
    found = re.search(rf"^hjerteloeber_{re.escape(figure)} ([\d.e+]+)$", text, re.MULTILINE)
    return 0.0 if found is None else float(found[1])


async def test_a_process_that_is_ready_shows_no_reason_against_it(edge: Edge) -> None:
    for reason in ("database", "migrations", "clock", "pool"):
        assert await shown(edge, f'not_ready{{reason="{reason}"}}') == 0


async def test_a_report_that_is_refused_is_counted(edge: Edge) -> None:
    line = 'refusals_total{kind="live",route="report",status="422"}'
    before = await shown(edge, line)
    assert (await Centre(edge).reports(position={"system": "WGS84"})).status_code == 422
    assert await shown(edge, line) - before == 1


async def test_what_a_stand_down_came_to_is_counted_by_kind(edge: Edge) -> None:
    centre = Centre(edge)
    incident = (await centre.reports()).json()["id"]
    answered = await centre.posts(f"/incidents/{incident}/stand-down", {"reason": "ambulance_arrived"})
    assert answered.status_code == 200
    for outcome in ("sent", "stopped", "late"):
        assert f'alerts_stopped_total{{kind="live",outcome="{outcome}"}}' in (await edge.http.get("/metrics")).text
