"""Who came by which join code, counted without knowing: what a campaign may see is numbers, and never a small one.

Owns: what is told of a campaign's counts.
Promises: nothing that is told, of any week and all weeks together, says of any group whether nobody came or k - 1 did;
a group's place in the tree never changes, so that no two trees can be compared.
Never: is read by dispatch or alerts; tells a person, or a number below k.
"""
