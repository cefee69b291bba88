"""How much a body may have, by the class of its call: several times what the largest honest one has.

What a dispatch centre reports has limits only an attack or a bug can reach. docs/operators.md has the table.
"""

from backend.api.limits import Limit
from backend.edge.sizes import Size

KIB = 1024

ABSURD = Size(256 * KIB, depth=32, entries=10_000)
"""A report is a kilobyte, three deep. Beyond this nobody means a cardiac arrest."""

SIZES: dict[Limit, Size] = {
    Limit.NEVER: ABSURD,
    Limit.HEALTH: ABSURD,  # heartbeats: as little to be refused as a report
    Limit.DISPATCH_READS: Size(64 * KIB, depth=8, entries=1_000),
    Limit.TOKENS: Size(64 * KIB, depth=8, entries=100),  # an assertion may bring its certificates
    Limit.SIGN_IN: Size(16 * KIB, depth=8, entries=100),
    Limit.REFRESH: Size(16 * KIB, depth=8, entries=100),
    Limit.ANSWERS: Size(16 * KIB, depth=8, entries=100),
    Limit.POSITIONS: Size(64 * KIB, depth=8, entries=200),  # a hundred positions
    Limit.PROFILE: Size(64 * KIB, depth=8, entries=400),
    Limit.PREVIEWS: Size(16 * KIB, depth=8, entries=100),
    Limit.EXPORTS: Size(16 * KIB, depth=8, entries=100),
    Limit.CONSOLE: Size(64 * KIB, depth=8, entries=100),
    Limit.MAP: Size(4 * KIB, depth=8, entries=100),
    Limit.BY_HAND: Size(64 * KIB, depth=8, entries=100),
    Limit.STREAMS: Size(4 * KIB, depth=8, entries=100),
    Limit.SIGN_UP: Size(
        256 * KIB, depth=8, entries=100
    ),  # a form: whoever pastes a novel as a name is told of the field
    Limit.TEXT_ANSWERS: Size(4 * KIB, depth=8, entries=100),
    Limit.OPEN: Size(16 * KIB, depth=8, entries=100),
}

ELSE = Size(64 * KIB, depth=8, entries=400)
"""For a class that is not named above."""
