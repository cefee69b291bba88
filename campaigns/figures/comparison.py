"""Units side by side: those right below one, or all there are."""

import msgspec

from backend.public.counting import Stage
from campaigns.figures.figure import Figure, change, share_of
from campaigns.figures.numbers import Numbers
from campaigns.figures.period import Period
from campaigns.figures.table import Column, Kind, Row, Table
from campaigns.figures.target import State, Target, target_of
from campaigns.organisation.unit import UnitCode

STATES = {
    State.YES: "nået",
    State.NOT_SHOWN: "endnu ikke nået i de viste tal",
}


class Compared(msgspec.Struct, frozen=True):
    """`asked` are the people asked in the unit and all below it, as is known today."""

    unit: UnitCode
    name: str
    kind: str
    asked: int | None
    registered: Figure
    in_period: int | None
    reachable: Figure
    trained: Figure
    of_asked: float | None
    target: Target | None


class Comparison(msgspec.Struct, frozen=True):
    """The most new first, then by name."""

    units: tuple[Compared, ...]


def comparison(numbers: Numbers, units: list[UnitCode], period: Period) -> Comparison:
    view = numbers.view
    found = []
    for code in units:
        unit = view.tree.units[code]
        registered = numbers.of(code, Stage.REGISTERED, period.until)
        asked = view.people_of(code)
        found.append(
            Compared(
                code,
                unit.name_da,
                unit.kind.value,
                asked,
                registered,
                change(registered, numbers.of(code, Stage.REGISTERED, period.day_before)),
                numbers.of(code, Stage.REACHABLE, period.until),
                numbers.of(code, Stage.TRAINED, period.until),
                share_of(registered, asked),
                target_of(view, code, registered, period.until),
            )
        )
    return Comparison(tuple(sorted(found, key=lambda each: (-(each.registered.told or 0), each.name))))


def comparison_table(found: Comparison, *, every: bool = False) -> Table:
    return Table(
        "alle-enheder" if every else "enheder",
        "Alle enheder" if every else "Enhederne under",
        "En enheds tal er alle, der er kommet ad dens egne koder og koderne under den. "
        "Målet er lagt sammen af enhedens eget og dem under den.",
        (
            Column("unit", "Enhed", Kind.TEXT),
            Column("asked", "Spurgte", Kind.COUNT),
            Column("registered", "Nye hjerteløbere", Kind.COUNT),
            Column("in_period", "I perioden", Kind.CHANGE),
            Column("reachable", "Kan alarmeres", Kind.COUNT),
            Column("trained", "Har lært HLR", Kind.COUNT),
            Column("of_asked", "Af de spurgte", Kind.SHARE),
            Column("target", "Mål", Kind.COUNT),
            Column("reached", "Er målet nået?", Kind.TEXT),
        ),
        tuple(
            Row(
                each.unit,
                (
                    each.name,
                    each.asked,
                    each.registered,
                    each.in_period,
                    each.reachable,
                    each.trained,
                    each.of_asked,
                    None if each.target is None else each.target.people,
                    "intet mål" if each.target is None else STATES[each.target.reached],
                ),
            )
            for each in found.units
        ),
    )
