"""The pages of a campaign: what a hjerteløber does, what to expect, and the way to sign-up.

Owns: `campaigns.visits`, `campaigns.visits_by_source`.
Promises: every page works without JavaScript and every link leads to sign-up, also with a code that counts for nobody,
and while the database is away; a visit is counted when a human acted, once a page view.
Never: sets a cookie, stores anything in a browser, tells one visit from another, or takes in a phone, a name or a code
sent.
"""
