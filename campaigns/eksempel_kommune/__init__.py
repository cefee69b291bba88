"""A made-up municipality: the smallest module there can be, and what a new one is laid out with. Files only."""
