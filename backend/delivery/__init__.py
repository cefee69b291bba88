"""Getting a message to an address: outbox, channels (fcm, sms, in_app), receipts.

Owns: messages, deliveries (one message to one address), attempts and their results, receipts, links in an SMS.
Promises: an attempt's row is committed before its request; no attempt starts after a stop was committed or after the
message's end; one claim sends once; whoever can no longer be reached is told upwards by a timer.
Never: knows what an incident is, holds a connection while a provider thinks, puts anything personal into a push.
Locks are taken in one order everywhere: messages by id, then deliveries by id; whoever wants one outside that order
skips what is locked.
"""
