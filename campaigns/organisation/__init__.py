"""An organisation as a dated tree: units open, close, move, merge and split, and the tree of any day can be told.

Owns: `campaigns.organisation`, `campaigns.unit`.
Promises: on every day each unit has one place, below one that is there; an import is kept as a whole or not at all, and
every mistake in it is told at once, with its line.
Never: knows a campaign, or anybody who is in a unit.
"""
