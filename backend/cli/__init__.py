"""The command `hjerteloeber`: everything an operator types. Each command imports what it needs when it runs.

Owns: the words of the command line. Promises: `--help` teaches and is quick; mistakes in the settings are told at once,
all of them. Never: decisions about alarms.
"""


def main() -> None:
    """The console script."""
    from backend.cli.commands import app  # late: `import backend.cli` costs nothing
    from backend.foundation.telemetry import start_logging

    # Else a fault that is logged shows an operator's terminal every local value: a name, a phone, a key.
    start_logging("text", "command")
    app()
