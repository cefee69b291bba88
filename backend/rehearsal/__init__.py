"""Trying the real thing without a patient: a drill with staff phones, and the synthetic alarm every minute.

Owns: what an outsider does in them: a dispatch system's side, a phone's side, and what counts as well. Promises: knows
of the service only its HTTP interfaces, so that whatever breaks them is noticed; never reports anything live.
Never: reads the database; who is rung is made by `hjerteloeber drill` and `hjerteloeber synthetic prepare`.
"""
