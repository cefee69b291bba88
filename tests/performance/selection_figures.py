"""What selection measured, and what issue 6 wants of it on two cores: the table, as data."""

from collections.abc import Mapping

from tests.performance.contender import Prepared
from tests.performance.figures import Aim, Figure
from tests.performance.in_memory import IN_MEMORY
from tests.performance.ours import OURS
from tests.performance.rival_redis import REDIS
from tests.performance.rivals_postgres import BARE, POSTGIS
from tests.performance.rounds import Times, medians

MILLION, TEN_MILLIONS = 1_000_000, 10_000_000
REPORTED_TO = (OURS, IN_MEMORY)
"""Who is asked once more while phones report."""

_OF_RATIOS = {
    (OURS, POSTGIS, MILLION, "p50"): Aim(at_most=1.0),
    (OURS, POSTGIS, MILLION, "p99"): Aim(at_most=0.9),
    (OURS, POSTGIS, TEN_MILLIONS, "p50"): Aim(at_most=0.9),
    (OURS, POSTGIS, TEN_MILLIONS, "p99"): Aim(at_most=0.9),
    **{(IN_MEMORY, POSTGIS, MILLION, name): Aim(at_most=0.4) for name in ("p50", "p99")},
    **{(IN_MEMORY, POSTGIS, TEN_MILLIONS, name): Aim(at_most=0.2) for name in ("p50", "p99")},
    **{(IN_MEMORY, REDIS, size, name): Aim(at_most=0.5) for size in (MILLION, TEN_MILLIONS) for name in ("p50", "p99")},
}
EXACT = Aim(at_least=100.0)
UNDER_REPORTS = {"p50": Aim(at_most=1.2), "p99": Aim(at_most=1.8)}


def aim_of(of: str, beside: str, size: int, name: str) -> Aim | None:
    """None where the issue wants nothing."""
    return _OF_RATIOS.get((of, beside, size, name))


def figures_of(
    volunteers: int, took: Times, right: Mapping[str, float], prepared: Mapping[str, Prepared]
) -> list[Figure]:
    """Everybody's own, and whatever of ours has a rival who was asked in the same way."""
    found = []
    summaries = {name: medians(rounds) for name, rounds in took.items()}
    for name, summary in summaries.items():
        is_ours = name.startswith(OURS)
        found.append(Figure("right", name, volunteers, right[name], "%", aim=EXACT if is_ours else None))
        if not name.endswith(BARE):
            found.append(Figure("filling", name, volunteers, prepared[name].seconds, "s"))
            found.append(Figure("size", name, volunteers, prepared[name].size_bytes / 2**20, "MB"))
        for percent, value in summary.items():
            rivals = [each for each in summaries if is_ours and _is_rival(each, name)]
            found += [
                Figure(
                    percent,
                    name,
                    volunteers,
                    value,
                    "ms",
                    rival,
                    summaries[rival][percent],
                    aim_of(name, rival, volunteers, percent),
                )
                for rival in rivals
            ] or [Figure(percent, name, volunteers, value, "ms")]
    return found


def _is_rival(other: str, name: str) -> bool:
    """Redis, which knows no transactions, is everybody's."""
    if other.startswith(OURS):
        return False
    return other.startswith("Redis") or other.endswith(BARE) == name.endswith(BARE)


def figures_under_reports(volunteers: int, rate: int, idle: Times, loaded: Times) -> list[Figure]:
    """Each beside itself idle, in turns."""
    found = []
    for name, rounds in loaded.items():
        before = medians(idle[name])
        found += [
            Figure(
                percent,
                f"{name}, under {rate:,} reports a second",
                volunteers,
                value,
                "ms",
                "itself idle",
                before[percent],
                UNDER_REPORTS.get(percent),
            )
            for percent, value in medians(rounds).items()
        ]
    return found
