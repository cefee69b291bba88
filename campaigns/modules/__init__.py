"""Who recruits: each organisation a package of files, found by entry point.

Owns: the form of a module, and what a new one is laid out with.
Promises: a module is files only, none of them code; whatever is wrong with one is told at once and breaks no other.
Never: knows a module by name.
"""
