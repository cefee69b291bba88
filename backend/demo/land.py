"""Where land is, by the shipped coarse map: nobody lives in the sea."""

from importlib import resources

import msgspec
import shapely

from backend.demo.denmark import OnLand


def coarse_land() -> OnLand:
    """Good to about a kilometre."""
    text = resources.files("backend.regions.data").joinpath("ne_dk_regions.geojson").read_text("utf-8")
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in msgspec.json.decode(text)["features"]]
    whole = shapely.union_all(shapes)
    shapely.prepare(whole)

    def on_land(lat: float, lon: float) -> bool:
        return bool(shapely.contains_xy(whole, lon, lat))

    return on_land
