"""What needs a person at a dispatch centre, until somebody there has taken it up; and who helps when nobody does.

Owns: what needs a person (items), how each centre wants it (rules), agreements on overflow; all dated.
Promises: an item is derived from what other tables say, so a restart forgets none and two workers raise it once; who
took it up and when is kept, and it is quiet for the whole centre from then on; a neighbour helps only by an agreement,
for a while, and sees, follows and stands down, nothing more.
Never: delays or changes an alarm. Nothing here is on its path, and alerting never waits for a click.
"""
