"""What issue 6 wants of selection, on two cores: the table, as data."""

from tests.performance.figures import Aim
from tests.performance.ours import OURS
from tests.performance.rival_redis import REDIS
from tests.performance.rivals_postgres import POSTGIS

IN_MEMORY = "ours, in memory"
MILLION, TEN_MILLIONS = 1_000_000, 10_000_000

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
