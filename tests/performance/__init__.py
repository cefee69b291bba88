"""Figures of speed and size, each beside what others would use, in one run on the same data.

`python -m tests.performance NAME` measures; `docs/performance/scale.md` is written from what was kept. A figure is a
ratio to a named rival of the same run, with both absolute values beside it and the machine named: ratios travel from
machine to machine, milliseconds do not. No test asserts a duration.
"""
