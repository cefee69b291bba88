"""`hjerteloeber import tiles`: streets for the console's map."""

from pathlib import Path
from typing import Annotated

import typer

from backend.cli.imports import File
from backend.cli.owner import stop

MapFolder = Annotated[
    Path | None,
    typer.Option(
        envvar="HJERTELOEBER_MAP_FOLDER", help="The folder the API serves the map's streets from.", show_default=False
    ),
]


def tiles(file: File, map_folder: MapFolder = None) -> None:
    """Streets for the console's map, from a PMTiles archive of vector tiles.

    In the layers of Protomaps' basemap or of OpenMapTiles, both made of OpenStreetMap. Cut Denmark out of a daily build
    of Protomaps with `pmtiles extract URL denmark.pmtiles --bbox=7.9,54.4,15.3,57.9`, or make it with Planetiler.

    The file is copied to the folder of HJERTELOEBER_MAP_FOLDER and served from there to the console's pages, with the
    next page that is opened. Where the API runs on several machines, do so on each, or share the folder.
    """
    from backend.console.tiles import NotTiles, bring_in, covers_denmark

    if map_folder is None:
        stop("Name the folder the API serves the map from: HJERTELOEBER_MAP_FOLDER, or --map-folder.")
    try:
        header = bring_in(file, map_folder)
    except NotTiles as why:
        stop(str(why))
    except OSError as why:
        stop(f"{file} could not be copied to {map_folder}: {why.strerror}.")
    typer.echo(f"streets are there, zoom {header.min_zoom} to {header.max_zoom}")
    if not covers_denmark(header):
        west, south, east, north = header.bounds
        typer.echo(
            f"they do not cover all of Denmark: {south:.2f}-{north:.2f} north, {west:.2f}-{east:.2f} east", err=True
        )
    if header.max_zoom < 13:
        typer.echo("without zoom 13 or more there are few streets to be seen in a town", err=True)
