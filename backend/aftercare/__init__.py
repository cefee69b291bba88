"""What comes after: figures of what was done, month by month.

Owns: no table. It reads what earlier rooms have kept of alarms that are over.
Promises: a figure is known or it says how many of its inputs are missing, and is no number then; an alarm counts for
the month, the centre and the region that were its own when it opened; alarms of different kinds are never counted
together; reading gives way to an alarm and is bounded.
Never: reads a place, a case number or who anybody is; is asked on the way of an alarm; counts what goes on still.
"""
