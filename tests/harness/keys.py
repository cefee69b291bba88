"""The key ring of tests that call verbs past an application: one for all, so that each opens what another sealed."""

from backend.identity.data_keys import KEY_BYTES, read_ring, written

DATA_KEY_FILE = written([bytes(range(KEY_BYTES))])
RING = read_ring(DATA_KEY_FILE)
