"""`hjerteloeber demo`."""

from pathlib import Path
from typing import Annotated

import typer


def demo(
    volunteers: Annotated[int, typer.Option(help="How many hjerteløbere to make up.", min=100, max=1_000_000)] = 20_000,
    port: Annotated[int, typer.Option(help="Port of the API; another one where it is taken.", min=1, max=65535)] = 8000,
    pace: Annotated[float, typer.Option(help="How much faster than in life people answer and walk.", min=0.1)] = 10.0,
    every: Annotated[float, typer.Option(help="Seconds between two arrests, on average.", min=0.5)] = 6.0,
    seed: Annotated[int, typer.Option(help="Other people in other places.")] = 1,
    fresh: Annotated[
        bool, typer.Option("--fresh", "--reset", help="Forget what an earlier demo left, and start over.")
    ] = False,
    campaign_days: Annotated[
        int, typer.Option(help="How many days of made-up recruitment the campaign site begins with.", min=7, max=730)
    ] = 365,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="One line with every address and log-in; a second one when the campaign site is ready."
        ),
    ] = False,
    home: Annotated[Path | None, typer.Option(help="Folder for its data instead of .state in the clone.")] = None,
) -> None:
    """A simulated Denmark on this machine: database, API, worker, phones; a cardiac arrest every few seconds."""
    from backend.demo.demo import Options, run  # late: `--help` is quick

    options = Options(
        volunteers=volunteers,
        port=port,
        pace=pace,
        every_s=every,
        seed=seed,
        fresh=fresh,
        as_json=as_json,
        home=home,
        campaign_days=campaign_days,
    )
    raise typer.Exit(run(options))
