"""Pictures of tables, for pages and for slides.

Owns: nothing.
Promises: a picture is made of one table and shows only numbers that stand in it; it says itself whose numbers they are,
of when, and that they are at least so many; the same table gives the same bytes; drawn off the event loop.
Never: reads anything; fetches anything from elsewhere.
"""
