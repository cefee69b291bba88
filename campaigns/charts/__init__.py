"""Pictures of tables, for pages and for slides.

Owns: nothing.
Promises: a picture is made of one table and shows only numbers that stand in it; it says itself whose numbers they are,
of when, and that they are at least so many; the same table gives the same bytes; a process of its own draws, so that no
page waits for a picture.
Never: reads anything; fetches anything from elsewhere.
"""
