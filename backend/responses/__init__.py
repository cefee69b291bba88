"""The volunteer answers: receipt, yes, no, how the mission goes, and its end.

Owns: what volunteers told about their missions, each thing once, with the time it happened.
Promises: every answer is idempotent; the address is shown only to somebody on the mission, and every view is logged.
Never: decides by itself: every answer goes through :mod:`backend.alerts.take`.
"""
