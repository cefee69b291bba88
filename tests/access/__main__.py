"""`python -m tests.access` writes docs/security/access.md anew."""

from tests.access.matrix import write

write()
