"""Types that more than one of the app's bodies uses, with their limits."""

from typing import Annotated

import msgspec
from msgspec import Meta

from backend.volunteers.volunteer import Given, Language, NewDevice, Platform, Purpose

Phone = Annotated[str, Meta(min_length=3, max_length=40, description="E.164, or a Danish number of eight digits")]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
AppVersion = Annotated[str, Meta(pattern=r"^\d{1,5}(\.\d{1,5}){0,3}$", max_length=23, examples=["2.14.0"])]
Version = Annotated[
    str, Meta(pattern=r"^[0-9A-Za-z._-]+$", max_length=40, description="Which text was shown", examples=["2026-11"])
]
MunicipalityCode = Annotated[
    str, Meta(pattern=r"^\d{4}$", description="Official code, such as 0101", examples=["0101"])
]
Postcode = Annotated[str, Meta(pattern=r"^\d{4}$", description="Only its municipality is kept", examples=["8000"])]
SpokenLanguages = Annotated[
    list[Annotated[str, Meta(pattern=r"^[a-z]{2,3}$", description="ISO 639", examples=["da"])]],
    Meta(min_length=1, max_length=10),
]


class DeviceInHand(msgspec.Struct, frozen=True):
    """The phone or browser that calls. `language` is what the service writes to it."""

    platform: Platform
    app_version: AppVersion
    language: Language

    def device(self) -> NewDevice:
        return NewDevice(self.platform, self.app_version, self.language)


class GivenConsent(msgspec.Struct, frozen=True):
    """A consent somebody gives, and to which version of its text."""

    purpose: Purpose
    version: Version

    def given(self) -> Given:
        return Given(self.purpose, self.version)
