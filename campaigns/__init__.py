"""Recruiting hjerteløbere through organisations, whose managers see numbers and never a person.

Owns: organisations as dated trees, campaigns with their texts, join codes, posters and landing pages, who may look at
the numbers, and how they are shown; the database schema `campaigns`. A process and a database role of its own, which
enters the backend through `backend.public` only.
Promises: a code always leads to sign-up; what was approved is not changed; a visit is a number.
Never: receives a phone, a name or a code sent; sets a cookie for anybody but a manager who signs in; tells one visit
from another.
"""
