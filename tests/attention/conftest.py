"""The town in which arrests happen, as for alarms."""

from tests.alarm.conftest import town

__all__ = ["town"]
