"""Who is calling: volunteers' phones, people about to sign up, dispatch centres' systems.

Owns: one-time codes and what they may cost, refresh tokens, clients; reads and signs access tokens; keys the hash of
phone numbers.
Promises: a secret is kept as a hash only; a code or a spent token works once; known and unknown phones cost the same
work and get the same answer.
Never: stores a phone number, decides what a caller may do (that is the edge's guards), opens or ends a transaction.
"""
