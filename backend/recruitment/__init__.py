"""Who came by which join code, counted without knowing: what a campaign may see is numbers, and never a small one.

Owns: campaigns, counting groups and join codes as counting knows them; who came by which code, until 30 days after the
campaign's end; what is told.
Promises: nothing that is told, of any week and all weeks together, says of any group whether nobody came or k - 1 did;
a group's place in the tree never changes, so that no two trees can be compared; a number told never gets smaller.
Never: is read by dispatch or alerts; keeps a phone number; tells a person, or a number below k.
"""
