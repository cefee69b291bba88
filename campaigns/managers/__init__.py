"""Who may look at a campaign's numbers: managers, what each was allowed, who is signed in, and tokens for programmes.

Owns: `campaigns.manager`, `manager_grant`, `session`, `token`. A manager is somebody of a party's staff who acts in an
official capacity; they are not among those counted, of whom nothing is kept here or anywhere in this package.
Promises: a grant that was withdrawn shows nothing from that moment on; secrets are kept as hashes only; whoever takes
over an e-mail address takes over nothing that was allowed to the one before.
Never: knows a password; keeps where or when somebody looked, but for the session that is open and a token's last day.
"""
