"""The demo's screen in the terminal: what happens, who was asked, who goes, how old everything is. Pure."""

import time
from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.layout import Layout
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from backend.demo.supervisor import Running
from backend.demo.synthetic_line import LastOk, line
from backend.demo.watch import Asked, Incident, Snapshot

STATE_STYLES = {
    "ringing": "yellow",
    "accepted": "bold green",
    "finished": "green",
    "declined": "dim",
    "missed": "dim",
    "unreachable": "red",
    "gave_up": "magenta",
    "withdrawn": "dim",
    "stood_down": "dim",
}
ORDER = list(STATE_STYLES)
STEPS = {
    "en_route": "on the way",
    "aed_picked_up": "has the AED",
    "on_scene": "on scene",
    "with_patient": "with patient",
}
MOST_INCIDENTS = 12
CASE_TAIL = 9  # what tells two case numbers apart at a glance


def screen(
    snapshot: Snapshot,
    parts: Iterable[Running],
    links: Sequence[str],
    told: Sequence[str],
    synthetic: LastOk | None = None,
) -> RenderableType:
    """The whole terminal: incidents left, the newest one's people right, processes and news below."""
    layout = Layout()
    below = Layout(name="below", size=11)
    layout.split_column(Layout(_head(snapshot, links), size=len(links) + 2), Layout(name="middle"), below)
    layout["middle"].split_row(
        Layout(_incidents(snapshot), ratio=5), Layout(_people(snapshot.newest, snapshot), ratio=4)
    )
    below.split_row(Layout(_processes(parts, snapshot, synthetic), ratio=5), Layout(_news(told), ratio=4))
    return layout


def _head(snapshot: Snapshot, links: Sequence[str]) -> RenderableType:
    lines = [Text.from_markup(f"[dim]{line}[/]") for line in links]
    title = f"[bold]Hjerteløber[/] · simulated Denmark · {len(snapshot.incidents)} open · Ctrl-C stops everything"
    return Panel(Group(*lines), title=title, border_style="red", padding=(0, 1))


def _incidents(snapshot: Snapshot) -> RenderableType:
    table = Table(expand=True, box=None, header_style="bold", padding=(0, 1, 0, 0))
    for column in ("age", "case", "where", "asked", "got it", "yes", "no", "AED", "direct", "arrives"):
        table.add_column(column, justify="left" if column in ("case", "where") else "right", no_wrap=True)
    for incident in snapshot.incidents[:MOST_INCIDENTS]:
        table.add_row(*_incident_row(incident, snapshot.at))
    return Panel(table, title="Incidents, newest first", border_style="blue")


def _incident_row(incident: Incident, now: datetime) -> list[RenderableType]:
    people = incident.volunteers
    going = [person for person in people if person.state in ("accepted", "finished")]
    arrival = incident.first_expected_arrival_at
    return [
        age((now - incident.opened_at).total_seconds()),
        incident.case_number[-CASE_TAIL:],
        incident.region.removeprefix("Region "),
        str(incident.asked) if incident.asking == "asked" else Text(incident.asking, style="yellow"),
        str(sum(person.receipt_at is not None for person in people)),
        Text(str(incident.accepted), style="bold green" if incident.accepted else ""),
        str(incident.declined),
        str(sum(person.role == "aed" for person in going)),
        str(sum(person.role == "direct" for person in going)),
        "–" if arrival is None else age(max(0.0, (arrival - now).total_seconds())),
    ]


def _people(incident: Incident | None, snapshot: Snapshot) -> RenderableType:
    if incident is None:
        return Panel(Text("Waiting for the first alarm …", style="dim"), title="Who was asked", border_style="blue")
    table = Table(expand=True, box=None, header_style="bold", padding=(0, 1, 0, 0))
    for column in ("who", "metres", "seen", "state", "role", "now", "answer"):
        table.add_column(column, justify="left" if column in ("who", "state", "role", "now") else "right", no_wrap=True)
    known = sorted(incident.volunteers, key=_order)
    for person in known:
        table.add_row(*_person_row(person))
    since = age((snapshot.at - incident.opened_at).total_seconds())
    title = f"Asked for {incident.case_number[-CASE_TAIL:]}, {since} ago"
    others = ", ".join(f"{reason.replace('_', ' ')} {count}" for reason, count in snapshot.passed_over.items())
    return Panel(table, title=title, subtitle=f"not asked: {others}" if others else None, border_style="blue")


def _person_row(person: Asked) -> list[RenderableType]:
    seen = "–" if person.position_age_s is None else age(person.position_age_s)
    answered = "–" if person.answered_at is None else age((person.answered_at - person.asked_at).total_seconds())
    return [
        person.pseudonym,
        f"{person.metres:,}",
        seen,
        Text(person.state, style=STATE_STYLES.get(person.state, "")),
        person.role or "",
        STEPS.get(person.statuses[-1]["status"], "") if person.statuses else ("got it" if person.receipt_at else ""),
        answered,
    ]


def _order(person: Asked) -> tuple[int, int]:
    return (ORDER.index(person.state) if person.state in ORDER else len(ORDER), person.metres)


def _processes(parts: Iterable[Running], snapshot: Snapshot, synthetic: LastOk | None) -> RenderableType:
    table = Table(expand=True, box=None, header_style="bold", padding=(0, 1, 0, 0))
    for column in ("process", "state", "pid", "up", "restarts"):
        table.add_column(column, justify="left" if column in ("process", "state") else "right")
    for running in parts:
        up = running.state == "up"
        table.add_row(
            running.part.name,
            Text(running.state, style="green" if up else "bold red"),
            str(running.pid or "–"),
            age(time.monotonic() - running.since) if up else "–",
            str(len(running.restarts)),
        )
    took = "" if snapshot.answers_in_ms is None else f" in {snapshot.answers_in_ms:.0f} ms"
    health = f"API ready{took}" if snapshot.ready else "API not ready"
    said, is_well = line(synthetic, snapshot.at.timestamp())
    quiet = Text(said, style="dim" if is_well else "yellow")
    return Panel(
        table, title=f"Processes · {health}", subtitle=quiet, border_style="green" if snapshot.ready else "red"
    )


def _news(told: Sequence[str]) -> RenderableType:
    return Panel(Group(*(Text(line, overflow="ellipsis", no_wrap=True) for line in told[-9:])), title="News")


def age(seconds: float) -> str:
    """12 s, 3:05, 2 h, 3 d."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{int(seconds // 60)}:{int(seconds % 60):02d}"
    return f"{seconds / 3600:.0f} h" if seconds < 86_400 else f"{seconds / 86_400:.0f} d"


def news_between(before: Snapshot | None, after: Snapshot) -> list[str]:
    """What happened between two looks, a line each: for a screen's corner, and for where there is no terminal."""
    old = {incident.id: incident for incident in before.incidents} if before is not None else {}
    lines: list[str] = []
    if before is not None and before.ready != after.ready:
        lines.append("API ready" if after.ready else "API not ready")
    for incident in reversed(after.incidents):
        was = old.pop(incident.id, None)
        name = _name(incident)
        if was is None:
            lines.append(f"{name}: reported, {_asking(incident)}")
            if incident is after.newest and (wet := after.passed_over.get("water_between")):
                lines.append(f"{name}: {wet} passed over, water between")
        if before is not None:
            lines += _people_news(name, was, incident)
    if after.trouble is None:
        lines += [f"{_name(gone)}: ended" for gone in old.values()]
    return lines


def _name(incident: Incident) -> str:
    return f"{incident.case_number[-CASE_TAIL:]} ({incident.region.removeprefix('Region ')})"


def _asking(incident: Incident) -> str:
    if incident.asking != "asked" or not incident.volunteers:
        return f"asking: {incident.asking}"
    nearest = min(person.metres for person in incident.volunteers)
    return f"{incident.asked} asked, the nearest {nearest:,} m away"


def _people_news(name: str, was: Incident | None, now: Incident) -> list[str]:
    before = {person.pseudonym: person for person in was.volunteers} if was is not None else {}
    lines = []
    for person in now.volunteers:
        old = before.get(person.pseudonym)
        if old is not None and old.state != person.state:
            role = f", role {person.role}" if person.state == "accepted" and person.role else ""
            lines.append(f"{name}: {person.pseudonym} {person.state}{role} ({person.metres:,} m)")
        for told in person.statuses[len(old.statuses) if old is not None else 0 :]:
            lines += [f"{name}: {person.pseudonym} {step}" for step in [STEPS.get(told["status"])] if step]
    return lines
