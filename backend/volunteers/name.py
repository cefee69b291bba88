"""A person's name as they write it."""

import unicodedata

from backend.foundation.problems import bad_field

LONGEST = 100


def clean_name(text: str, field: str = "/name") -> str:
    """One line, spaces in order, composed letters. Raises 422 for `field`, never quoting the name."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not 1 <= len(name) <= LONGEST or any(unicodedata.category(letter) in ("Cc", "Cs", "Co") for letter in name):
        raise bad_field(field, f"a name of 1 to {LONGEST} letters")
    return name
