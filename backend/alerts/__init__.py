"""Asking and deciding: waves, roles, one alert per volunteer and incident.

Owns: alerts. Every rule of asking and answering stands in :mod:`backend.alerts.decide`, pure.
Promises: decisions about one incident happen one after another, under its lock; a volunteer rings for one
incident at a time; nobody under way changes role untold; everybody asked ends with a reason.
Never: sends anything itself, waits for anybody's network, or asks the machine for the time.
"""
