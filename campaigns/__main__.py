"""`python -m campaigns`."""

from campaigns.cli.commands import app

app(prog_name="python -m campaigns")
