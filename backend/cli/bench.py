"""`hjerteloeber bench`: measure a figure, and say whether it is what was aimed at."""

from typing import Annotated

import typer

app = typer.Typer(
    help="Measure a figure and print it with a verdict; the last line is one JSON object.", no_args_is_help=True
)


@app.callback()
def bench() -> None:
    """Measure a figure and print it with a verdict."""


@app.command()
def alert(
    volunteers: Annotated[int, typer.Option(help="How many hjerteløbere there are.", min=1_000)] = 100_000,
    incidents: Annotated[int, typer.Option(help="How many incidents, one after another.", min=1)] = 200,
    latency_ms: Annotated[float, typer.Option(help="How long the FCM stand-in takes to answer.", min=0)] = 50.0,
    seed: Annotated[int, typer.Option(help="Other people in other places.")] = 1,
) -> None:
    """From a dispatch centre's POST to 20 pushes accepted by FCM: p50 and p99 over many incidents."""
    from backend.demo.bench_alert import Options, run  # late: `--help` is quick

    raise typer.Exit(run(Options(volunteers=volunteers, incidents=incidents, latency_ms=latency_ms, seed=seed)))


@app.command()
def campaign(
    volunteers: Annotated[int, typer.Option(help="How many hjerteløbere there are.", min=1_000)] = 20_000,
    incidents: Annotated[int, typer.Option(help="Incidents of each sort, quiet and loaded.", min=4)] = 120,
    rounds: Annotated[int, typer.Option(help="In how many turns.", min=1)] = 3,
    sign_ups: Annotated[float, typer.Option(help="Sign-ups begun a minute.", min=0)] = 1_000.0,
    views: Annotated[float, typer.Option(help="Views of the campaign's pages a second.", min=0)] = 200.0,
    latency_ms: Annotated[float, typer.Option(help="How long the FCM stand-in takes to answer.", min=0)] = 50.0,
    pause_s: Annotated[float, typer.Option(help="From one report to the next.", min=0)] = 0.5,
    seed: Annotated[int, typer.Option(help="Other people in other places.")] = 1,
    together: Annotated[
        bool, typer.Option("--together", help="One process for everything, instead of one for the sign-up pages.")
    ] = False,
) -> None:
    """A minute of television while hearts stop: alerts' p99 quiet and loaded, and what the crowd got."""
    from backend.demo.bench_campaign import Options, run  # late: `--help` is quick

    chosen = Options(volunteers, incidents, rounds, sign_ups, views, latency_ms, pause_s, seed, together)
    raise typer.Exit(run(chosen))
