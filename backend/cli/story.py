"""`hjerteloeber story`."""

from pathlib import Path
from typing import Annotated

import typer


def story(
    seed: Annotated[int, typer.Option(help="Another town, other people, other answers.")] = 1,
    # At 60 the ambulance is there after 9 s; much faster, it comes before the text messages that are due after 5 s.
    pace: Annotated[
        float, typer.Option(help="How much faster than in life people answer and walk.", min=0.1, max=60)
    ] = 10.0,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON line.")] = False,
    keep: Annotated[Path | None, typer.Option(help="Keep logs and keys in this folder.")] = None,
) -> None:
    """One arrest from the dispatch centre's report to the stand-down, every step with its time since the report.

    Ends well only if the database, the FCM stand-in's log and the phones' own logs agree on everything.
    """
    from backend.demo.story import Options, run  # late: `--help` is quick

    raise typer.Exit(run(Options(seed=seed, pace=pace, as_json=as_json, keep=keep)))
