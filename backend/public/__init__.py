"""The one door by which `campaigns` enters: a place of its own to write to, and counting without knowing.

Owns: nothing.
Promises: whatever comes through acts as the database role of campaigns, which sees no person.
Never: hands out a number that was not told, or anything else of the backend; a test keeps the list.
"""
