"""Phone numbers as people write them, and as we keep them: E.164."""

import re

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType

from backend.foundation.problems import bad_field

HOME = "DK"
DENMARK = 45
_DANISH = re.compile(r"(?!80|90)[2-9]\d{7}")

# Whose volunteers a Danish alarm can reach: the countries around, and those whose citizens live here and keep their
# number. Not the whole world: codes sent to far-away premium networks are how SMS services are plundered.
COUNTRY_CODES = frozenset(
    {
        30, 31, 32, 33, 34, 351, 352, 353, 354, 356, 357, 358, 359, 36, 370, 371, 372, 385, 386, 39, 40, 41, 420, 421,
        423, 43, 44, 45, 46, 47, 48, 49, 298, 299, 380,
    }
)  # fmt: skip

# A Danish number does not tell mobile from fixed, so both pass; a number that certainly cannot get a text does not.
_TEXTABLE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.PERSONAL_NUMBER})


def parse_phone(text: str, field: str = "/phone") -> str:
    """`text` in E.164; without a country code it is Danish. Raises 422 for `field`, never quoting the number."""
    try:
        number = phonenumbers.parse(text, HOME)
    except phonenumbers.NumberParseException:
        raise bad_field(field, "a phone number, such as 20 12 34 56 or +46 70 174 06 05") from None
    if not (phonenumbers.is_valid_number(number) or _is_danish(number)):
        raise bad_field(field, "a phone number that exists, with its country code unless it is Danish")
    if number.country_code not in COUNTRY_CODES:
        raise bad_field(field, "a number of Denmark or another European country")
    if not _can_get_texts(number):
        raise bad_field(field, "a number that can receive text messages")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def readable(phone_e164: str) -> str:
    """A number as people read it: +45 20 12 34 56."""
    return phonenumbers.format_number(phonenumbers.parse(phone_e164), phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _can_get_texts(number: PhoneNumber) -> bool:
    return _is_danish(number) or phonenumbers.number_type(number) in _TEXTABLE


def _is_danish(number: PhoneNumber) -> bool:
    # The library leaves out whole series (20 00 to 20 09, 21 00 to 21 09 …) that an operator may hand out tomorrow.
    # A number that is nobody's gets no code; a person who is turned away is lost. 80 is free of charge, 90 premium.
    return number.country_code == DENMARK and _DANISH.fullmatch(str(number.national_number)) is not None
