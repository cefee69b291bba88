"""The weekly mail: how a campaign goes, for the managers who want it.

Owns: `campaigns.digest`.
Promises: says what the dashboard says to the same person, and no more; once a week and campaign, or twice if a process
dies between the mail server's yes and its own note, with one Message-ID.
Never: mails anybody who may not look any more; writes an address into a log.
"""
