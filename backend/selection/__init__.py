"""Whom to ask: policies as data, candidates near a place, ranking, and who was not chosen and why.

Owns: policies, which is in force where and when, the candidates looked at.
Promises: ranking is pure and the same every time; an incident's policy is frozen at its opening.
Never: asks anybody.
"""
