"""What stands before every application of ours: who is at the other end, by which name, with how much.

Owns: the believed proxies, the names we answer to, the headers on every answer, how large, deep and long a body may be.
Promises: what a caller writes never decides what they are counted by; a body is measured before anything parses it.
Never: reads a body's meaning, a token or the database.
"""
