"""What every room stands on: clock, ids, settings, database, journal, timers, problems, telemetry.

Owns: the journal and its seal, timers, the record of migrations.
Promises: nothing happens at import; time and identity are arguments; the journal is append-only.
Never: knows what an incident or a volunteer is.
"""
