"""A campaign: its time, its parties, what it says, whom it asks, and its join codes.

Owns: `campaigns.campaign`, `party`, `version`, `approval`, `asked`, `place`, `code`.
Promises: what was approved is not changed, and only that is shown; counting is told of a unit when its first code is
made, and never anything else of it again; whatever is refused left nothing half-written.
Never: reads what was counted.
"""
