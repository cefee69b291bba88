"""Facts that ship: areas and centres with their dates, coarse shapes, places. README.md tells where they are from."""
