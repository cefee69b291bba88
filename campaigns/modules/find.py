"""Finding modules: by entry point, and reading what their files say."""

import tomllib
from collections.abc import Mapping
from importlib import import_module, resources
from importlib.metadata import entry_points
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

import msgspec

from campaigns.modules.module import Facts, Module, Part
from campaigns.modules.texts import Texts, Words, not_our_words

GROUP = "hjerteloeber.campaigns"
FACTS, TREE, TEXTS_DA, TEXTS_EN = "module.toml", "tree.csv", "texts_da.toml", "texts_en.toml"
ASKED, MADE_UP, MADE_UP_ASKED = "asked.csv", "made_up.csv", "made_up_asked.csv"
LEAST_CONTRAST = 4.5
"""Of white on the module's colour: WCAG 2.2, 1.4.3."""
T = TypeVar("T")


class WrongModule(Exception):
    """Says everything that is wrong with a module."""

    def __init__(self, name: str, mistakes: list[str]) -> None:
        super().__init__(f"The module {name} cannot be used:\n  " + "\n  ".join(mistakes))


def packages() -> dict[str, str]:
    """The package of every installed module, by the module's name."""
    return {entry.name: entry.value for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name)}


def find(name: str) -> Module:
    """Raises WrongModule for one that is not installed, or whose files cannot be used."""
    known = packages()
    if name not in known:
        there = ", ".join(known) or "none"
        raise WrongModule(
            name, [f"it is not installed; installed are: {there}. `python -m campaigns new` lays one out"]
        )
    try:
        import_module(known[name])
    except ImportError as missing:
        raise WrongModule(name, [f"its package {known[name]} cannot be imported: {missing}"]) from None
    return read_module(name, resources.files(known[name]))


def read_module(name: str, folder: Traversable) -> Module:
    """Raises WrongModule with everything that is wrong with its files."""
    mistakes: list[str] = []
    facts = _toml(folder, FACTS, Facts, mistakes)
    danish, english = _toml(folder, TEXTS_DA, Words, mistakes), _toml(folder, TEXTS_EN, Words, mistakes)
    if facts is not None:
        mistakes += _wrong_facts(facts)
    if danish is not None:
        mistakes += not_our_words(TEXTS_DA, danish)
    tree = _bytes(folder, TREE)
    if tree is None:
        mistakes.append(f"{TREE} is missing: the organisation's units")
    if mistakes or facts is None or danish is None or english is None or tree is None:
        raise WrongModule(name, mistakes)
    optional = (_bytes(folder, file) for file in (ASKED, MADE_UP, MADE_UP_ASKED))
    return Module(name, facts, Texts(danish, english), tree, *optional)


def _wrong_facts(facts: Facts) -> list[str]:
    wrong = []
    owners = [party.code for party in facts.parties if party.part is Part.OWNER]
    if len(owners) != 1:
        wrong.append(f'{FACTS}: parties has {len(owners)} with part = "owner": one, whose units these are')
    codes = [party.code for party in facts.parties]
    if len(set(codes)) != len(codes):
        wrong.append(f"{FACTS}: parties has a code twice: each its own")
    if contrast_with_white(facts.look.colour) < LEAST_CONTRAST:
        wrong.append(f"{FACTS}: look.colour {facts.look.colour} is too light for white letters: a darker one")
    return wrong


def contrast_with_white(colour: str) -> float:
    """WCAG's ratio, 1–21, of a colour as #rrggbb."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _bytes(folder: Traversable, file: str) -> bytes | None:
    path = folder.joinpath(file)
    return path.read_bytes() if path.is_file() else None


def _toml(folder: Traversable, file: str, shape: type[T], mistakes: list[str]) -> T | None:
    content = _bytes(folder, file)
    if content is None:
        mistakes.append(f"{file} is missing")
        return None
    return read_toml(file, content, shape, mistakes)


def read_toml(file: str, content: bytes, shape: type[T], mistakes: list[str]) -> T | None:
    """A file's content as `shape`; None and a sentence in `mistakes` where it cannot be read as such."""
    try:
        values: Mapping[str, Any] = tomllib.loads(content.decode("utf-8-sig"))
        return msgspec.convert(values, shape)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as wrong:
        mistakes.append(f"{file}: {wrong}")
        return None
