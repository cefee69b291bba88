"""The loops behind the API: claim, send, settle; ring timers; seal the journal; keep house; compare clocks.

Composition root of `hjerteloeber work`. Promises: a loop's failure is logged, counted and tried again, never the silent
end of the process; SIGTERM ends it within 2.5 s with every answer that came in time written down.
Never: rules of asking (alerts), of sending (delivery), or anything a second worker beside it could not do as well.
"""
