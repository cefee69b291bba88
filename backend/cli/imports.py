"""`hjerteloeber import …`: what an operator gets elsewhere: borders, postcodes, addresses, defibrillators, land."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.owner import DatabaseUrl, in_transaction, stop
from backend.regions.area import Level

if TYPE_CHECKING:
    from backend.aeds.import_list import Imported
    from backend.foundation.database import Connection
    from backend.locations.land import LandImported
    from backend.regions.import_areas import AreasImported

app = typer.Typer(
    help="Bring in what cannot ship with the project: official boundaries, postcodes, addresses, a list of "
    "defibrillators, land parts, the map's streets.\n\n"
    "Every import is one transaction: it succeeds as a whole or changes nothing. Importing the same file twice changes "
    "nothing. Running processes use new boundaries within a minute, everything else at once.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
)

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, show_default=False)]


@app.command()
def areas(
    file: File,
    database_url: DatabaseUrl,
    level: Annotated[
        Level | None,
        typer.Option(help="What the file holds; without it, areas with a region_code are municipalities."),
    ] = None,
    source: Annotated[str, typer.Option(help="Where the file is from, kept with every border.")] = "",
    starts: Annotated[
        datetime | None,
        typer.Option(
            "--from", formats=["%Y-%m-%d"], help="Danish day from which the borders hold.", show_default="today"
        ),
    ] = None,
) -> None:
    """Official boundaries of municipalities or regions, from a GeoJSON file.

    Polygons or MultiPolygons in degrees (WGS84). Municipalities have the properties `code` (four digits), `name`,
    `region_code` and `region_name`; regions have `code` and `name`. Denmark's are DAGI's, free from Klimadatastyrelsen:
    convert them with `ogr2ogr -t_srs EPSG:4326` and rename their properties.

    Until municipalities are imported an incident's region is found by coarse shapes, and its municipality is unknown.
    """
    from backend.foundation.clock import COPENHAGEN, copenhagen_midnight
    from backend.regions import boundary_file
    from backend.regions.import_areas import import_areas

    try:
        boundaries = boundary_file.read(file.read_bytes(), level)
    except boundary_file.WrongFile as wrong:
        stop(f"{file}: {wrong}")
    day = starts or datetime.now(COPENHAGEN)
    begins = copenhagen_midnight(day.year, day.month, day.day)

    async def run(connection: "Connection") -> "AreasImported":
        with _progress("areas", len(boundaries)) as tell:
            return await import_areas(connection, boundaries, source or file.name, begins, tell)

    done = in_transaction(database_url, run)
    typer.echo(
        f"{len(boundaries)} areas: {len(done.filled)} filled in, {len(done.redrawn)} redrawn, {len(done.new)} new, "
        f"{len(done.unchanged)} unchanged"
    )
    for title, codes in (("repaired crossing lines of", done.repaired), ("not in the file", done.missing)):
        if codes:
            typer.echo(f"{title}: {', '.join(sorted(codes))}")
    for remark in done.remarks:
        typer.echo(remark)


@app.command()
def postcodes(file: File, database_url: DatabaseUrl) -> None:
    """Which municipalities a postcode lies in, from a CSV file.

    Columns `postcode,municipality` (four digits each; a postcode in several municipalities has several lines). It
    replaces what was there. From then on people may tell their *postnummer* at sign-up; only its municipality is kept.
    """
    from backend.regions import boundary_file
    from backend.regions.import_postcodes import import_postcodes, read

    try:
        pairs = read(file.read_text("utf-8"))
    except UnicodeDecodeError:
        stop(f"{file}: this is not UTF-8 text")
    except boundary_file.WrongFile as wrong:
        stop(f"{file}: {wrong}")

    async def run(connection: "Connection") -> list[str]:
        return await import_postcodes(connection, pairs, datetime.now(UTC))

    unknown = in_transaction(database_url, run)
    kept = [pair for pair in pairs if pair[1] not in unknown]
    typer.echo(f"{len({postcode for postcode, _ in kept})} postcodes in {len({m for _, m in kept})} municipalities")
    if unknown:
        typer.echo(f"left out, no such municipality today: {', '.join(unknown)}")


@app.command()
def addresses(
    file: File,
    database_url: DatabaseUrl,
    source: Annotated[str, typer.Option(help="Where the file is from and of which day, kept with it.")] = "",
) -> None:
    """The country's addresses, from a CSV file of the address register (DAR), to find a place by on the console.

    One line an address, UTF-8, commas or semicolons; the first line names the columns as the register or its services
    do: `id`, `vejnavn`, `husnr`, `postnr`, `postnrnavn`, and where it is (`wgs84koordinat_bredde` and `_længde`,
    `etrs89koordinat_øst` and `_nord`, or `position`). `etage`, `dør`, `supplerendebynavn` and `kommunekode` are read
    where they are there. docs/operators.md has all names.

    It replaces what was there, whole or not at all; people search the old ones until it is done. No alarm needs it.
    """
    from backend.addresses.address_file import Reading
    from backend.addresses.import_addresses import Imported, import_addresses
    from backend.regions.boundary_file import WrongFile

    try:
        with file.open(encoding="utf-8", newline="") as lines:
            reading = Reading(lines)

            async def run(connection: "Connection") -> Imported:
                with _progress("addresses", None) as tell:
                    named = source or file.name
                    return await import_addresses(connection, reading.batches(), named, datetime.now(UTC), tell)

            done = in_transaction(database_url, run)
    except UnicodeDecodeError:
        stop(f"{file}: this is not UTF-8 text")
    except WrongFile as wrong:
        stop(f"{file}: {wrong}")
    typer.echo(f"{done.addresses:,} addresses on {done.streets:,} streets in {done.postcodes:,} postcodes")
    for number, why in ((reading.without_place, "have no place"), (reading.given_up, "are given up")):
        if number:
            typer.echo(f"left out: {number:,} that {why}")


@app.command()
def aeds(
    file: File,
    database_url: DatabaseUrl,
    source: Annotated[str, typer.Option(help="A short name for the list: the next import of it replaces this one.")],
    licence: Annotated[str, typer.Option(help="On which terms it may be used, such as: ODbL 1.0")],
    attribution: Annotated[
        str,
        typer.Option(help="Whom to credit, such as: © OpenStreetMap contributors", show_default="the source's name"),
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Import although more than half would vanish.")] = False,
) -> None:
    """Defibrillators, from a GeoJSON file tagged as in OpenStreetMap (`emergency=defibrillator`).

    Each feature needs an id that stays the same (`id`, `@id`, `osm_id` or `ref`). Read are `name`, `opening_hours`,
    `defibrillator:location`, `level`, `indoor`, `defibrillator:code`, `phone`; `access=private|no` is left out. Hours
    that nobody understands count as unknown, never as open.

    What is no longer in the file is no longer offered. If that is more than half, nothing is changed.
    """
    from backend.aeds import openstreetmap
    from backend.aeds.import_list import TooManyWouldVanish, import_list
    from backend.aeds.queries_import import Source

    try:
        reading = openstreetmap.read(file.read_bytes())
    except openstreetmap.WrongFile as wrong:
        stop(f"{file}: {wrong}")
    of = Source(source=source, licence=licence, attribution=attribution or source)

    async def run(connection: "Connection") -> "Imported":
        with _progress("defibrillators", len(reading.listed)) as tell:
            return await import_list(connection, of, reading.listed, datetime.now(UTC), force=force, tell=tell)

    try:
        done = in_transaction(database_url, run)
    except TooManyWouldVanish as many:
        stop(
            f"{many.missing} of the {many.known} defibrillators of {source} are not in {file}, more than half: nothing "
            "was changed. If the file is right, repeat with --force."
        )
    typer.echo(
        f"{done.listed} defibrillators of {source}: {done.new} new, {done.changed} changed, "
        f"{done.unchanged} unchanged, {done.came_back} came back, {done.gone} gone"
    )
    if done.hours_not_understood:
        typer.echo(f"{done.hours_not_understood} have hours that cannot be read: they count as unknown")
    for why in sorted({each.why for each in reading.skipped}):
        features = [str(each.feature) for each in reading.skipped if each.why == why]
        typer.echo(f"left out {len(features)}, {why}: feature {', '.join(features[:5])}{' …' if features[5:] else ''}")


@app.command()
def land(
    database_url: DatabaseUrl,
    file: Annotated[Path | None, typer.Argument(exists=True, dir_okay=False, readable=True, show_default=False)] = None,
    source: Annotated[str, typer.Option(help="Where the file is from, kept with every part.")] = "",
    licence: Annotated[str, typer.Option(help="On which terms it may be used, such as: CC0 1.0")] = "",
    remove: Annotated[
        bool, typer.Option("--remove", help="Forget all land parts instead: nobody is over the water.")
    ] = False,
) -> None:
    """Where water lies between people: parts of land, and which of them a fixed link joins, from a GeoJSON file.

    Whoever has no fixed link to the patient is passed over with the reason *water between*, unless the policy has
    `over_water`. Without land parts nobody is.

    Each feature is one part, a Polygon or MultiPolygon in degrees (WGS84), with the properties `name` and
    `fixed_links`: a list of the names of parts that a bridge, a tunnel or a causeway leads to, `[]` where none does. A
    ferry is none. A link told on one side is enough, parts that touch are taken as joined, and a MultiPolygon is one
    part: draw an island without a bridge as a feature of its own.

    The file replaces what was imported before. Where two lands are so near that nobody can say, and where the file has
    no land, nobody is passed over.
    """
    from backend.locations import land as land_parts
    from backend.locations import land_file
    from backend.regions.boundary_file import WrongFile

    if remove:
        gone = in_transaction(database_url, land_parts.forget_land)
        typer.echo(f"{gone} land parts forgotten: nobody is passed over for water any more")
        return
    if file is None or not source or not licence:
        stop("name the file, its --source and its --licence; or --remove")
    try:
        parts = land_file.read(file.read_bytes())
    except WrongFile as wrong:
        stop(f"{file}: {wrong}")

    async def run(connection: "Connection") -> "LandImported":
        with _progress("parts", len(parts)) as tell:
            return await land_parts.import_land(connection, parts, source, licence, datetime.now(UTC), tell)

    done = in_transaction(database_url, run)
    typer.echo(
        f"{len(parts)} parts, {len(done.lands)} lands, {done.cells:,} cells: {done.changed:,} changed, "
        f"{done.gone:,} gone, {done.uncertain:,} uncertain since another land is near"
    )
    for each in done.lands:
        typer.echo(f"land {each.number}: {', '.join(part.name for part in each.parts)}")
    for one, other in done.touching:
        typer.echo(f"taken as joined, since they touch: {one}, {other}")
    if repaired := sorted(part.name for part in parts if part.repaired):
        typer.echo(f"repaired crossing lines of: {', '.join(repaired)}")


@app.command()
def blackout(
    database_url: DatabaseUrl,
    file: Annotated[Path | None, typer.Argument(exists=True, dir_okay=False, readable=True, show_default=False)] = None,
    source: Annotated[str, typer.Option(help="Who said so, kept with every area.")] = "",
    starts: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="Danish day from which they hold.", show_default="now"),
    ] = None,
    ends: Annotated[
        datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Danish day on which they end.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="End all areas instead: places are stored again.")] = False,
) -> None:
    """Areas where nobody's place is stored, from a GeoJSON file: Polygons or MultiPolygons in degrees, each with a
    `name`.

    The file takes the place of what held before. Whoever is inside, or may be, is not stored, and what was stored of
    them is deleted: they cannot be asked while they are there. Homes and workplaces inside are deleted and refused.
    """
    from backend.foundation.clock import COPENHAGEN, copenhagen_midnight
    from backend.locations import blackout as areas_of
    from backend.regions.boundary_file import WrongFile

    def midnight(day: datetime) -> datetime:
        return copenhagen_midnight(day.year, day.month, day.day)

    if (file is None) != remove or (file is not None and not source):
        stop("name the file and its --source; or --remove")
    now = datetime.now(COPENHAGEN)
    begins = now if starts is None else max(now, midnight(starts))
    if ends is not None and midnight(ends) <= begins:
        stop("--until is a day after they begin")

    async def run(connection: "Connection") -> "areas_of.Imported":
        found = [] if file is None else areas_of.read(file.read_bytes())
        until = None if ends is None else midnight(ends)
        return await areas_of.import_blackout(connection, found, source, begins, until, now)

    try:
        done = in_transaction(database_url, run)
    except WrongFile as wrong:
        stop(f"{file}: {wrong}")
    typer.echo(f"{len(done.begun)} areas, {done.cells:,} cells, {done.deleted} places inside deleted")
    if done.ended:
        typer.echo(f"ended: {', '.join(done.ended)}")


class _progress:  # noqa: N801 – used like a function: with _progress(…) as tell
    """A bar on a terminal, nothing elsewhere."""

    def __init__(self, what: str, total: int | None) -> None:
        from rich.console import Console
        from rich.progress import Progress

        console = Console(stderr=True)
        self._bar = Progress(console=console, transient=True, disable=not console.is_terminal)
        self._task = self._bar.add_task(what, total=total)

    def __enter__(self) -> Callable[[int], None]:
        self._bar.start()
        return lambda done: self._bar.update(self._task, completed=done)

    def __exit__(self, *_: object) -> None:
        self._bar.stop()
