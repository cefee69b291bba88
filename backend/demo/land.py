"""Where land is: nobody lives in the sea, and nobody walks over it."""

from datetime import datetime
from importlib import resources

import msgspec
import shapely

from backend.demo.denmark import OnLand
from backend.foundation.database import Connection
from backend.locations import land, land_file


def coarse_shape() -> shapely.Geometry:
    """The shipped coarse map as one prepared shape of (lon, lat), good to about a kilometre."""
    text = resources.files("backend.regions.data").joinpath("ne_dk_regions.geojson").read_text("utf-8")
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in msgspec.json.decode(text)["features"]]
    whole = shapely.union_all(shapes)
    shapely.prepare(whole)
    return whole


def coarse_land() -> OnLand:
    """By the shipped coarse map, good to about a kilometre."""
    whole = coarse_shape()

    def on_land(lat: float, lon: float) -> bool:
        return bool(shapely.contains_xy(whole, lon, lat))

    return on_land


async def import_hand_drawn(connection: Connection, now: datetime) -> land.LandImported:
    """A few islands with the coast across from them, as an operator would bring the whole country."""
    text = resources.files("backend.demo").joinpath("land_parts.geojson").read_bytes()
    return await land.import_land(connection, land_file.read(text), "drawn by hand for the demo", "CC0 1.0", now)
