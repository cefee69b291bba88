"""Managers sign in: by OpenID Connect, at whoever keeps their organisation's accounts.

Owns: the addresses `/tal/log-ind`, `/tal/tilbage`, `/tal/log-ud`, and what stands before every other under `/tal`.
Promises: only whoever the provider vouches for and somebody allowed gets in; the first who signs in with an address is
whom it means from then on; whatever goes wrong on the way is a page that says what to do.
Never: sees a password, leads anywhere but below `/tal`, sets a cookie for whoever only reads a landing page, or writes
into a log who signed in.
"""
