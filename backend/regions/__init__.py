"""Regions, municipalities and dispatch centres: dated, because borders change on given days.

Owns: areas with their validity and shape, dispatch centres and what each answers for, postcodes.
Promises: a point finds its region as of a given moment, or is told to be unknown; what is shipped can be loaded again
and again and never overwrites what an operator imported.
Never: refuses an incident for its place; treats a region as an enum; asks anybody over a network.
"""
