"""The pages on which managers see their campaign's numbers, under `/tal`.

Owns: nothing.
Promises: what somebody may not see is not there, by any address; every picture has its table, and each can be taken
along as a file; an address says which period it shows; works without JavaScript, and has none.
Never: decides who is signed in, or what they may see (`signing_in`, `figures.view`); reckons.
"""
