"""Hjerteløber's backend: a call comes in, volunteers nearby are rung, some of them go.

Imports follow the data's way: a room imports the rooms before it, never one after it. The list of
layers in ``pyproject.toml`` is the rule and the map.
"""
