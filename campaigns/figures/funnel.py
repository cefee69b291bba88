"""How far people come, step by step, from a page to having learnt to resuscitate."""

import msgspec

from backend.public.counting import STAGES, Besides, Stage
from campaigns.figures.figure import Figure, change, share
from campaigns.figures.numbers import Numbers
from campaigns.figures.period import Period
from campaigns.figures.table import Column, Kind, Row, Table
from campaigns.figures.visits import Visits
from campaigns.organisation.unit import UnitCode

VISITED = "visited"
TITLES = {
    VISITED: "Besøg på kampagnesiden",
    Stage.BEGUN: "Tilmelding begyndt",
    Stage.PROVEN: "Telefon bekræftet",
    Stage.REGISTERED: "Nye hjerteløbere",
    Stage.CONNECTED: "Har appen",
    Stage.REACHABLE: "Kan alarmeres",
    Stage.TRAINED: "Har lært HLR",
}
BESIDES = {
    Besides.ALREADY: "Var hjerteløbere i forvejen",
    Besides.ANSWERED: "Har svaret på en alarm",
    Besides.WITHDRAWN: "Har trukket deres ja tilbage",
}


class Step(msgspec.Struct, frozen=True):
    """`of_before` is the share of the step before, None where steps of k are too coarse to say one."""

    stage: str
    title: str
    figure: Figure
    in_period: int | None
    of_before: float | None


class Funnel(msgspec.Struct, frozen=True):
    """`besides` is told of the whole campaign only: empty for a unit."""

    steps: tuple[Step, ...]
    besides: tuple[Step, ...]


def funnel(numbers: Numbers, visits: Visits, unit: UnitCode | None, period: Period) -> Funnel:
    k = numbers.view.campaign.k
    shown = visits.of(unit, period.until)
    steps = [Step(VISITED, TITLES[VISITED], shown, change(shown, visits.of(unit, period.day_before)), None)]
    for stage in STAGES:
        figure, before = (numbers.of(unit, stage, day) for day in (period.until, period.day_before))
        steps.append(
            Step(stage.value, TITLES[stage], figure, change(figure, before), share(figure, steps[-1].figure, k))
        )
    besides = []
    for each in Besides if unit is None else ():
        figure, before = (numbers.of(None, each, day) for day in (period.until, period.day_before))
        besides.append(Step(each.value, BESIDES[each], figure, change(figure, before), None))
    return Funnel(tuple(steps), tuple(besides))


def funnel_table(found: Funnel) -> Table:
    return Table(
        "tragt",
        "Fra besøg til hjerteløber",
        "Besøg og begyndte tilmeldinger er gange, resten er mennesker. Andelen er af de viste tal, trin for trin.",
        (
            Column("stage", "Trin", Kind.TEXT),
            Column("at_least", "I alt", Kind.COUNT),
            Column("in_period", "I perioden", Kind.CHANGE),
            Column("of_before", "Af trinnet før", Kind.SHARE),
        ),
        tuple(Row(each.stage, (each.title, each.figure, each.in_period, each.of_before)) for each in found.steps),
    )


def besides_table(found: Funnel) -> Table:
    return Table(
        "desuden",
        "Desuden, for hele kampagnen",
        "At være hjerteløber i forvejen er et godt resultat. De er bekræftet med telefon og tæller ikke som nye.",
        (
            Column("stage", "", Kind.TEXT),
            Column("at_least", "I alt", Kind.COUNT),
            Column("in_period", "I perioden", Kind.CHANGE),
        ),
        tuple(Row(each.stage, (each.title, each.figure, each.in_period)) for each in found.besides),
    )
