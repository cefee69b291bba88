"""What a thief of a database's copy could read in it."""


def traces(copy: str | bytes, *canaries: str) -> list[str]:
    """Which of these can be found in it: as they are, or as the hexadecimal digits a dump writes bytes in."""
    said = copy if isinstance(copy, bytes) else copy.encode()
    return [each for each in canaries if each.encode() in said or each.encode().hex().encode() in said]
