"""The numbers for a party's own programmes (a ministry's BI tool): `/api/v1`, read with a token.

Owns: the wire at `/api/v1`, and `openapi/campaigns.json`.
Promises: a token reads what somebody of its party and unit would see on a page, of one campaign, and of nothing else
even whether it is there; within v1 there are only additions; a number that is missing says why.
Never: writes; tells a unit beside the token's; is kept by a cache.
"""
