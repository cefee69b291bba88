"""A reported cardiac arrest and its life.

Owns: incidents, where the patient is, possible duplicates, the answers kept for repeated requests.
Promises: one writer at a time (:func:`incidents.queries.lock`); an incident is never refused for its place;
the address stands alone and is erased at most 15 minutes after the end.
Never: knows who is asked.
"""
