"""Breaking things on purpose, and noticing: `python -m tests.chaos NAME`, or `make chaos`.

A scenario is a module here with `add_options` and `run`; it gives a Verdict. What is promised stands in
docs/reliability.md, each promise with the constraint that holds it, its check and the figure measured.
"""
