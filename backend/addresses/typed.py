"""What somebody may mean by an address they are typing: street, house, floor, door, place, as it can be read. Pure.

*Nørregade 3B, 2. tv, 1165 København K*, *3 B*, *st. th*, *2 sal tv*, *gl kongevej 12 frb*. A street may have a number
in its name and a place may follow without a comma, so there are several readings; the tables say which of them exists.
"""

import re
from collections.abc import Iterator

import msgspec

from backend.addresses.fold import plain

MOST_WORDS = 12
_TOKEN = re.compile(r"k[2-9](?![^\W_])|[^\W\d_]+|\d+")
_FLOORS = {"st": "st", "stuen": "st", "stue": "st", "kl": "kl", "kalder": "kl", "kaelder": "kl"}
_DOORS = {"tv": "tv", "th": "th", "mf": "mf", "t": "t", "m": "m"}
_TO_THE = {"venstre": "tv", "hojre": "th", "midtfor": "mf"}
_NO_WORDS = frozenset({"sal", "etage", "dor", "til", "lejl", "lejlighed", "og", "i", "nr", "no", "dk", "danmark"})
_LAST_FLOOR = 40


class _Token(msgspec.Struct, frozen=True):
    text: str
    glued: bool  # nothing stands between it and the one before


class Wanted(msgspec.Struct, frozen=True):
    """One reading. `street`: its words; `number` None: no house yet. `place`: words of the town."""

    street: tuple[str, ...]
    number: int | None = None
    letter: str = ""
    floor: str = ""
    door: str = ""
    postcode: str = ""
    place: tuple[str, ...] = ()


def readings(typed: str) -> list[Wanted]:
    """Every way to read it, the likeliest first; none for what has no word."""
    tokens = _tokens(typed)
    before = ""
    if len(tokens) > 1 and _is_postcode(tokens[0]):
        before, tokens = tokens[0].text, tokens[1:]
    found = [*_with_a_house(tokens), *_without_one(tokens)]
    if before:
        found = [msgspec.structs.replace(each, postcode=each.postcode or before) for each in found]
    return list(dict.fromkeys(found))


def _tokens(typed: str) -> list[_Token]:
    end, tokens = -1, []
    for match in _TOKEN.finditer(plain(typed)):
        tokens.append(_Token(match[0], match.start() == end))
        end = match.end()
    return tokens[:MOST_WORDS]


def _with_a_house(tokens: list[_Token]) -> Iterator[Wanted]:
    """A number after the street's first word; *10. Februar Vej 3* has its second one there."""
    for at in range(1, len(tokens)):
        if tokens[at].text.isdecimal() and len(tokens[at].text) <= 3 and int(tokens[at].text):
            street = tuple(each.text for each in tokens[:at])
            if not any(word.isalpha() for word in street):
                continue
            after = tokens[at + 1 :]
            lettered = bool(after) and len(after[0].text) == 1 and after[0].text.isalpha()
            if lettered:
                yield _read_rest(street, int(tokens[at].text), after[0].text.upper(), after[1:])
            if not (lettered and after[0].glued):  # a letter that stands alone may begin the town
                yield _read_rest(street, int(tokens[at].text), "", after)


def _without_one(tokens: list[_Token]) -> Iterator[Wanted]:
    """The street alone, or its first words and then the place."""
    for at in range(len(tokens), 0, -1):
        street = tuple(each.text for each in tokens[:at])
        if not any(word.isalpha() for word in street):
            continue
        postcode = next((each.text for each in tokens[at:] if _is_postcode(each)), "")
        place = tuple(each.text for each in tokens[at:] if each.text.isalpha())
        yield Wanted(street, postcode=postcode, place=place)


def _read_rest(street: tuple[str, ...], number: int, letter: str, rest: list[_Token]) -> Wanted:
    floor = door = postcode = ""
    place: list[str] = []
    for token in rest:
        word = token.text
        if postcode:
            place += [word] if word.isalpha() else []
        elif _is_postcode(token):
            postcode = word
        elif not floor and not door and (here := _floor(word)):
            floor = here
        elif not door and not place and (here := _door(word, bool(floor))):
            door = here
        elif word.isalpha() and word not in _NO_WORDS:
            place.append(word)
    return Wanted(street, number, letter, floor, door, postcode, tuple(place))


def _floor(word: str) -> str:
    if word.isdecimal():
        return str(int(word)) if len(word) <= 2 and 0 < int(word) <= _LAST_FLOOR else ""
    return _FLOORS.get(word, word if re.fullmatch(r"k[2-9]", word) else "")


def _door(word: str, has_floor: bool) -> str:
    if word in _TO_THE or word in ("tv", "th", "mf"):
        return _TO_THE.get(word, word)
    if has_floor:
        return str(int(word)) if word.isdecimal() and len(word) <= 3 else _DOORS.get(word, "")
    return ""


def _is_postcode(token: _Token) -> bool:
    return len(token.text) == 4 and token.text.isdecimal()
