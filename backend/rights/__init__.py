"""What a person may ask of us, in every room at once: a copy of everything, to be left alone, to be forgotten.

Owns: the list of erasures outside the database; which table holds what about a person.
Promises: withdrawing stops what is queued and is answered when nothing starts any more; an erasure is on the list, on
disk, before it is answered, so that no restored backup brings anybody back; an export names every room; what was shown
of whom to whom can be told.
Never: keeps anything personal of its own; delays an alarm.
"""
