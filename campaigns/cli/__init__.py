"""The command `python -m campaigns`: everything a campaign's manager and an operator type.

Owns: the words of the command line. Promises: `--help` teaches; a refusal is a sentence that says what to do.
Never: decides.
"""
