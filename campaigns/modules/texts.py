"""What a campaign says in its own words, in Danish and in English."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any

import msgspec


class Language(StrEnum):
    DA = "da"
    EN = "en"


Short = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Sentence = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Paragraph = Annotated[str, msgspec.Meta(min_length=1, max_length=800)]


class Page(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The campaign's own part of its landing page."""

    heading: Short
    lead: Sentence
    paragraphs: Annotated[tuple[Paragraph, ...], msgspec.Meta(max_length=6)] = ()


class Poster(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What hangs on a wall. `invites`: who does."""

    heading: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    lead: Annotated[str, msgspec.Meta(min_length=1, max_length=220)]
    call: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    invites: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One language's. `who` sees only numbers: the organisation as those asked would name it."""

    who: Short
    page: Page
    poster: Poster


class Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Both languages', approved together: nobody approves a text whose other half they have not seen."""

    da: Words
    en: Words

    def in_language(self, language: Language) -> Words:
        return self.en if language is Language.EN else self.da


# In Hjemmeværnet *frivillige* are its members.
_NOT_OURS = (
    (re.compile(r"\bfrivillig", re.IGNORECASE), "»frivillig«: the word is »hjerteløber«"),
    (re.compile(r"\bCPR\b"), "»CPR«, which is the person number: »hjerte-lunge-redning (HLR)«"),
    (
        re.compile(r"\bdin arbejdsgiver\b", re.IGNORECASE),
        "»din arbejdsgiver«: »Forsvaret og Hjemmeværnet«, or who it is",
    ),
)


def not_our_words(file: str, words: Words) -> list[str]:
    """Where a Danish text uses a word that Danes would misunderstand, in sentences."""
    return [
        f"{file}: {field} says {wanted}"
        for field, said in _said_in(msgspec.to_builtins(words))
        for word, wanted in _NOT_OURS
        if word.search(said)
    ]


def _said_in(words: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for field, said in words.items():
        if isinstance(said, Mapping):
            yield from _said_in(said, f"{above}{field}.")
        else:
            yield above + field, said if isinstance(said, str) else " ".join(said)
