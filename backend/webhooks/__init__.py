"""Dispatch systems that would rather be called than listen: each step of a centre's incidents, POSTed to its address.

Owns: subscriptions (address, sealed secret), what is on its way to each, the way out to addresses others chose.
Promises: every sealed entry of the journal reaches every subscription at least once or is told to have expired; an
incident's steps in their order; nothing a stream would not say; only public addresses, as they are when connected to.
Never: follows a redirect, reads more than a glance of an answer, holds a connection or a lane that an alarm could want.
"""
