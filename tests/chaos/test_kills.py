"""A short run of what `make chaos` does at length: processes die, and nobody is lost or asked twice."""

import argparse

from tests.chaos import kills


async def test_a_handful_of_kills_loses_nobody_and_asks_nobody_twice() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=3)
    kills.add_options(parser)
    options = parser.parse_args(["--kills", "4", "--every", "1", "--cases", "0.6", "--pace", "0.2"])

    verdict = await kills.run(options)

    assert verdict.violations == []
    assert verdict.kills >= 4
    assert verdict.incidents >= 5
