"""A simulated Denmark: made-up people where people live, and where hearts stop. Pure; the same seed gives the same.

Phone numbers begin with +45 67 or +45 68: spare in the Danish numbering plan published in 2016, in use by no operator
that `phonenumbers` knows, and formally valid. They are never sent anywhere but to the local stand-ins.
"""

import hashlib
import math
import random
from collections.abc import Callable, Iterator, Sequence
from uuid import UUID

import msgspec

from backend.demo.phones.book import Entry
from backend.foundation.ids import DeviceId, VolunteerId
from backend.regions.shipped import Place
from backend.volunteers.bulk import BulkVolunteer
from backend.volunteers.volunteer import Language, Platform, Training

SEEDED_NUMBERS = "+4567"  # and six digits: people who are there from the start
NEW_NUMBERS = "+4568"  # people who sign up before one's eyes, by simulated phone or in the browser
MOST_PEOPLE = 1_000_000
CAPITAL_CAP = 640_000  # GeoNames gives the whole urban area, which overlaps its neighbours; the city proper has this
IN_THE_COUNTRY = 0.12  # †† of people, outside any place of 500 and more
MEAN_POSITION_AGE_S, OLDEST_POSITION_S = 2 * 3600.0, 60 * 3600.0
METRES_PER_DEGREE = 111_195.0
SEES_LAND_TRIES = 8
FANOE = "0563"
ISLAND_EVERY, ISLAND_FIRST = 20, 4

FIRST_NAMES = (
    "Anna",
    "Bo",
    "Clara",
    "Ditte",
    "Emil",
    "Freja",
    "Gustav",
    "Hanne",
    "Ida",
    "Jens",
    "Karen",
    "Lars",
    "Mette",
)
LAST_NAMES = ("Prøvesen", "Demosen", "Eksempel", "Testrup", "Modelgaard")  # plainly made up
STREETS = ("Prøvegade", "Demovej", "Eksempelallé", "Modelstræde", "Øvelsesvej", "Attrapvænget")

OnLand = Callable[[float, float], bool]


class Person(msgspec.Struct, frozen=True):
    """Somebody made up, with their phone, where they are and how long ago the phone said so."""

    volunteer_id: VolunteerId
    device_id: DeviceId
    phone: str
    name: str
    birth_year: int
    training: Training
    platform: Platform
    language: Language
    fcm_token: str
    municipality: str
    lat: float
    lon: float
    position_age_s: float

    def entry(self) -> Entry:
        return Entry(self.phone, self.platform.value, self.language.value, self.fcm_token, self.lat, self.lon)

    def row(self, phone_hash: bytes) -> BulkVolunteer:
        return BulkVolunteer(
            id=self.volunteer_id,
            device_id=self.device_id,
            phone=self.phone,
            phone_hash=phone_hash,
            name=self.name,
            birth_year=self.birth_year,
            fcm_token=self.fcm_token,
            training=self.training,
            languages=("da",) if self.language is Language.DA else ("en", "da"),
            municipality=self.municipality,
            platform=self.platform,
            app_version="1.4.0",
            language=self.language,
        )


class Arrest(msgspec.Struct, frozen=True):
    """Where a heart stops, and what a caller would say about the place."""

    lat: float
    lon: float
    place: str
    region: str
    address: str
    floor: str | None
    door: str | None
    door_code: str | None


def people(places: Sequence[Place], count: int, seed: int, this_year: int, on_land: OnLand) -> Iterator[Person]:
    """`count` people spread over `places` by population."""
    draw = random.Random(f"people {seed}")
    for number, place in enumerate(where_people_live(places, count, draw)):
        lat, lon = somewhere_in(place, draw, on_land)
        yield Person(
            volunteer_id=VolunteerId(_uuid4(draw)),
            device_id=DeviceId(_uuid4(draw)),
            phone=f"{SEEDED_NUMBERS}{number:06d}",
            name=f"{draw.choice(FIRST_NAMES)} {draw.choice(LAST_NAMES)}",
            birth_year=this_year - draw.randint(19, 75),
            training=draw.choice(list(Training)),
            platform=Platform.ANDROID if draw.random() < 0.45 else Platform.IOS,
            language=Language.EN if draw.random() < 0.06 else Language.DA,
            fcm_token=_token(f"{seed} {number}"),
            municipality=place.municipality,
            lat=lat,
            lon=lon,
            position_age_s=min(OLDEST_POSITION_S, draw.expovariate(1 / MEAN_POSITION_AGE_S)),
        )


def newcomers(places: Sequence[Place], count: int, seed: int, on_land: OnLand) -> list[Entry]:
    """Phones of people whom nobody knows yet; they sign up themselves."""
    draw = random.Random(f"newcomers {seed}")
    entries = []
    for number, place in enumerate(where_people_live(places, count, draw)):
        lat, lon = somewhere_in(place, draw, on_land)
        platform = draw.choice(("android", "ios"))
        token = _token(f"{seed} new {number}")
        entries.append(Entry(f"{NEW_NUMBERS}{number:06d}", platform, "da", token, lat, lon, signs_up=True))
    return entries


def arrests(places: Sequence[Place], seed: str, on_land: OnLand) -> Iterator[Arrest]:
    """Without end, placed as people are."""
    draw = random.Random(f"arrests {seed}")
    while True:
        yield arrest_in(where_people_live(places, 1, draw)[0], draw, on_land)


def arrests_that_meet_water(places: Sequence[Place], seed: str, on_land: OnLand) -> Iterator[Arrest]:
    """As `arrests`, but one in twenty on Fanø, so that one sees who is passed over: Esbjerg is near, and no bridge."""
    draw = random.Random(f"island {seed}")
    island = next(place for place in places if place.municipality == FANOE)
    for number, arrest in enumerate(arrests(places, seed, on_land)):
        yield arrest_in_town(island, draw, on_land) if number % ISLAND_EVERY == ISLAND_FIRST else arrest


def arrest_in(place: Place, draw: random.Random, on_land: OnLand) -> Arrest:
    lat, lon = somewhere_in(place, draw, on_land)
    upstairs = draw.random() < 0.5
    return Arrest(
        lat=lat,
        lon=lon,
        place=place.name,
        region=place.region,
        address=f"{draw.choice(STREETS)} {draw.randint(1, 120)}, {place.name}",
        floor=str(draw.randint(1, 5)) if upstairs else None,
        door=draw.choice(("tv", "mf", "th")) if upstairs else None,
        door_code=f"{draw.randint(0, 9999):04d}" if upstairs and draw.random() < 0.5 else None,
    )


def arrest_in_town(place: Place, draw: random.Random, on_land: OnLand) -> Arrest:
    """In the built-up middle, where there are people all around."""
    dense = msgspec.structs.replace(arrest_in(place, draw, on_land), lat=place.lat, lon=place.lon)
    spread_m = spread_of(place) / 2
    for _ in range(SEES_LAND_TRIES):
        lat = round(place.lat + draw.gauss(0, spread_m) / METRES_PER_DEGREE, 6)
        lon = round(place.lon + draw.gauss(0, spread_m) / (METRES_PER_DEGREE * math.cos(math.radians(place.lat))), 6)
        if on_land(lat, lon):
            return msgspec.structs.replace(dense, lat=lat, lon=lon)
    return dense


def where_people_live(places: Sequence[Place], count: int, draw: random.Random) -> list[Place]:
    return draw.choices(places, weights=[min(place.population, CAPITAL_CAP) for place in places], k=count)


def somewhere_in(place: Place, draw: random.Random, on_land: OnLand) -> tuple[float, float]:
    """(lat, lon) of somebody who lives in or around `place`: dense in the middle, some out in the country."""
    lat, lon = place.lat, place.lon
    for _ in range(SEES_LAND_TRIES):
        spread_m = 6_000.0 if draw.random() < IN_THE_COUNTRY else spread_of(place)
        lat = place.lat + draw.gauss(0, spread_m) / METRES_PER_DEGREE
        lon = place.lon + draw.gauss(0, spread_m) / (METRES_PER_DEGREE * math.cos(math.radians(place.lat)))
        if on_land(lat, lon):
            break
    return round(lat, 6), round(lon, 6)


def spread_of(place: Place) -> float:
    """Metres around the middle within which a place lives: a town of 5,000 about half a kilometre, Aarhus 2.3 km ††."""
    return float(450.0 * (max(500, min(place.population, CAPITAL_CAP)) / 5_000) ** 0.4)


def _uuid4(draw: random.Random) -> UUID:
    return UUID(int=draw.getrandbits(128), version=4)


def _token(of: str) -> str:
    digest = hashlib.sha256(f"demo push address {of}".encode()).hexdigest()
    return f"demo-{digest[:22]}:{digest}"
