"""What an interface for other people's programmes is made of: refusals (RFC 9457), and schemas of what is sent."""

from backend.foundation.problems import FieldError, Problem, bad_field, forbidden, not_found, too_many, unauthorised
from backend.foundation.schemas import REF, Schema, Schemas

__all__ = [
    "REF",
    "FieldError",
    "Problem",
    "Schema",
    "Schemas",
    "bad_field",
    "forbidden",
    "not_found",
    "too_many",
    "unauthorised",
]
