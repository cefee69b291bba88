"""Whoever sets a stage and looks behind it: the tests' own log-in, a superuser, which no policy binds.

What processes may do and see is tried as they do it: over HTTP, by the worker's loops, and in
tests/house/test_row_level_security.py.
"""

from enum import StrEnum
from typing import cast

from backend.foundation.database import Actor, Role


class _NoRole(StrEnum):
    """As in SET ROLE NONE."""

    ABOVE = "none"


ABOVE = Actor(cast("Role", _NoRole.ABOVE))
