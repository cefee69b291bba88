"""Where fixtures come from; they live beside what they stand for."""

pytest_plugins = [
    "tests.harness.browser",
    "tests.harness.collector",
    "tests.harness.postgres",
    "tests.harness.running",
]
