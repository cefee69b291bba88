"""The dispatch contract from outside: a small client that keeps it, and two judges, of a server and of a client.

Owns: what docs/dispatchers.md promises, as programs that fail when it is broken. Promises: knows of the service only
its HTTP interface and imports nothing of it, so that anybody can run it against anything that speaks the contract.
Never: reports into a centre that could ring a citizen, unless told twice.
"""
