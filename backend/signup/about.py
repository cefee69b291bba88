"""About you: what is wrong with what somebody typed, field by field, and what is right of it."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from backend.foundation.clock import COPENHAGEN
from backend.foundation.database import Connection
from backend.foundation.problems import Problem
from backend.signup.session import Said
from backend.volunteers.age import WrongAge, wrong_age
from backend.volunteers.home import NoHome, WrongHome, find_home
from backend.volunteers.name import clean_name
from backend.volunteers.volunteer import Training

LONGEST_KEPT = 300
"""Letters of a field that are shown again: no right value is so long."""


class Field(StrEnum):
    """By its name in the form."""

    NAME = "name"
    BIRTH_YEAR = "birth_year"
    HAS_TURNED_18 = "has_turned_18"
    MUNICIPALITY = "municipality"
    POSTCODE = "postcode"
    TRAINING = "training"


class Mistake(StrEnum):
    """What can be wrong with a field."""

    NO_NAME = "no_name"
    NOT_A_YEAR = "not_a_year"
    UNDER_18 = "under_18"
    HAS_TO_CONFIRM = "has_to_confirm"
    MUNICIPALITY_AND_POSTCODE = "municipality_and_postcode"
    NO_SUCH_MUNICIPALITY = "no_such_municipality"
    NO_SUCH_POSTCODE = "no_such_postcode"
    SEVERAL_MUNICIPALITIES = "several_municipalities"
    NO_TRAINING = "no_training"


class About(msgspec.Struct, frozen=True):
    """Somebody who can sign up. `municipality`: a code that is one today."""

    name: str
    birth_year: int
    has_turned_18: bool
    municipality: str | None
    training: Training

    def __repr__(self) -> str:
        return "About(…)"


_AGES = {
    WrongAge.NO_SUCH_YEAR: (Field.BIRTH_YEAR, Mistake.NOT_A_YEAR),
    WrongAge.UNDER_18: (Field.BIRTH_YEAR, Mistake.UNDER_18),
    WrongAge.HAS_TO_CONFIRM: (Field.HAS_TURNED_18, Mistake.HAS_TO_CONFIRM),
}
_HOMES = {
    WrongHome.BOTH: (Field.POSTCODE, Mistake.MUNICIPALITY_AND_POSTCODE),
    WrongHome.NO_SUCH_MUNICIPALITY: (Field.MUNICIPALITY, Mistake.NO_SUCH_MUNICIPALITY),
    WrongHome.SEVERAL_MUNICIPALITIES: (Field.POSTCODE, Mistake.SEVERAL_MUNICIPALITIES),
    WrongHome.POSTCODES_UNKNOWN_HERE: (Field.POSTCODE, Mistake.NO_SUCH_POSTCODE),
    WrongHome.NO_SUCH_POSTCODE: (Field.POSTCODE, Mistake.NO_SUCH_POSTCODE),
}


def said_in(form: Mapping[str, str]) -> Said:
    """What the form says, cut to what can be kept."""
    texts = {field: form.get(field, "")[:LONGEST_KEPT] for field in Field if field is not Field.HAS_TURNED_18}
    return Said(**texts, has_turned_18=Field.HAS_TURNED_18 in form)


def may_have_to_confirm(said: Said, now: datetime) -> bool:
    """Whether the year leaves open if somebody has turned 18: then there is a box to say so."""
    return _year(said) == now.astimezone(COPENHAGEN).year - 18


async def check(connection: Connection, said: Said, now: datetime) -> About | dict[Field, Mistake]:
    """Everything that is wrong at once, in the form's order; or the person."""
    wrong: dict[Field, Mistake] = {}
    name, year, training = _name(said), _year(said), _training(said)
    if name is None:
        wrong[Field.NAME] = Mistake.NO_NAME
    if year is None:
        wrong[Field.BIRTH_YEAR] = Mistake.NOT_A_YEAR
    elif age := wrong_age(year, said.has_turned_18, now):
        field, mistake = _AGES[age]
        wrong[field] = mistake
    home = await find_home(connection, _typed(said.municipality), _typed(said.postcode), now)
    if isinstance(home, NoHome):
        field, mistake = _HOMES[home.why]
        wrong[field] = mistake
        home = None
    if training is None:
        wrong[Field.TRAINING] = Mistake.NO_TRAINING
    if wrong or name is None or year is None or training is None:
        return wrong
    return About(name, year, said.has_turned_18, home, training)


def _name(said: Said) -> str | None:
    try:
        return clean_name(said.name)
    except Problem:
        return None


def _year(said: Said) -> int | None:
    text = said.birth_year.strip()
    return int(text) if re.fullmatch(r"[0-9]{4}", text) else None


def _training(said: Said) -> Training | None:
    return Training(said.training) if said.training in tuple(Training) else None


def _typed(text: str) -> str | None:
    # PostgreSQL has no U+0000; nothing that is right has one.
    return text.strip().replace("\0", "?") or None
