"""Where volunteers are, as H3 cells, and where water lies between.

Owns: the latest position of each volunteer, home and work, the exact point while on a mission; parts of land and
which of them a fixed link joins.
Promises: a coordinate becomes a cell in the handler and is forgotten; only the newest measurement counts, on our own
clock; whoever was neither measured nor heard of for 72 hours has no position, and is told so;
nobody is over the water unless both lands are certain.
Never: keeps a trail, or an exact point of anybody who is not on a mission; decides who is asked.
"""
