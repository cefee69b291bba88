"""Two spellings of one name become one key: æ is ae, ø is oe, å is aa, and nobody types dots. Pure.

A key is coarser than Danish on purpose (*ø* and *o* are one): whoever sits at a foreign keyboard finds *Nørregade* by
`norregade` too. What is found wrongly that way stands below what was meant, and people choose with their eyes.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice, product

_LETTERS = str.maketrans({"æ": "a", "ä": "a", "å": "a", "ø": "o", "ö": "o", "ð": "d", "þ": "t", "ß": "s"})
_RUNS = re.compile(r"(a)[ae]+|(o)e+")
_WORD = re.compile(r"[^\W_]+")

ABBREVIATIONS = {
    "gl": ("gammel", "gamle"),
    "gml": ("gammel", "gamle"),
    "kgs": ("kongens",),
    "kgl": ("kongelige",),
    "sdr": ("sonder", "sondre"),
    "s": ("sonder", "sondre"),
    "ndr": ("nordre", "norre"),
    "nr": ("norre",),
    "n": ("norre", "nordre"),
    "v": ("vester", "vestre"),
    "o": ("oster", "ostre"),
    "skt": ("sankt",),
    "sct": ("sankt",),
    "st": ("store", "sankt"),
    "ll": ("lille",),
    "chr": ("christian", "christians"),
    "fr": ("frederik", "frederiks"),
    "bd": ("boulevard",),
    "blvd": ("boulevard",),
    "boul": ("boulevard",),
    "pl": ("plads",),
    "kbh": ("kobenhavn",),
    "cph": ("kobenhavn",),
    "frb": ("frederiksberg",),
    "frbg": ("frederiksberg",),
}
"""Whole words, as they are folded; what each may stand for."""

_KINDS_OF_STREET = frozenset({"vej", "gade", "alle", "plads", "torv", "strade", "boulevard", "have", "park", "vanget"})
_PLACES = {each: ABBREVIATIONS[each][0] for each in ("kbh", "cph", "frb", "frbg", "kgs")}
MOST_SPELLINGS = 12


def plain(text: str) -> str:
    """Small letters of a to z, and digits as they are; whatever else there is stays and is no letter."""
    small = unicodedata.normalize("NFC", text).lower().translate(_LETTERS)
    return "".join(c for c in unicodedata.normalize("NFKD", small) if not unicodedata.combining(c))


def words_in(text: str) -> list[str]:
    return _WORD.findall(plain(text))


def key_of(words: Sequence[str]) -> str:
    """The words without spaces between them, `ae` as `a`. Whatever begins the words begins their key."""
    return _RUNS.sub(lambda run: run[1] or run[2], "".join(words))


def spellings(words: Sequence[str]) -> Iterator[str]:
    """The key of the words as they stand first, then with each abbreviation written out; every key once."""
    choices = product(*((word, *ABBREVIATIONS.get(word, ())) for word in words))
    yield from dict.fromkeys(key_of(each) for each in islice(choices, MOST_SPELLINGS))


def keys_of_name(name: str) -> dict[str, bool]:
    """Every key a street is found by, and whether it is of the whole name: else it is of its end from some word on.

    *H.C. Andersens Boulevard* is found by `hcandersens…` and by `andersens…`, and not by `boulevard`.
    """
    words = words_in(name)
    keys: dict[str, bool] = {}
    for start in range(len(words)):
        rest = words[start:]
        if start and all(word in _KINDS_OF_STREET for word in rest):
            break
        for key in spellings(rest):
            keys.setdefault(key, start == 0)
    return {key: whole for key, whole in keys.items() if key}


def place_words(*names: str) -> str:
    """Names of places as one text of words, each with a space before it; the same for what is searched for."""
    return "".join(f" {key_of([word])}" for name in names for word in words_in(name))


def wanted_place(words: Sequence[str]) -> list[str]:
    """What words of a place must begin with, one for each: *kbh ø* wants ` kobenhavn` and ` o`."""
    return [f" {key_of([_PLACES.get(word, word)])}" for word in words]


def past(key: str) -> str:
    """The first key that does not begin with this one, as bytes are compared."""
    return key[:-1] + chr(ord(key[-1]) + 1)
