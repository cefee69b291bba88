"""What the machine says about itself: structured log lines and figures, with ids and nothing personal."""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

# Keys that could carry a person or a place. A value under one of them never reaches a log line.
PERSONAL_KEYS = frozenset(
    {
        "phone",
        "name",
        "address",
        "lat",
        "lon",
        "position",
        "cell",
        "code",
        "door_code",
        "token",
        "birth_year",
        "value",
        "email",
        "body",
        "query",
    }
)
_PHONE = re.compile(r"\+\d{7,15}")
_COORDINATE = re.compile(r"-?\d{1,3}\.\d{4,}")

first_push_seconds = Histogram(
    "hjerteloeber_report_to_first_push_seconds",
    "From the dispatch centre's report to the first push a provider accepted",
    ["kind"],
    buckets=(0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30),
)
oldest_unsent_seconds = Gauge(
    "hjerteloeber_oldest_unsent_message_seconds", "Age of the oldest message that is due and not yet sent"
)
attempts_total = Counter("hjerteloeber_attempts_total", "Requests to providers", ["channel", "outcome", "code"])
attempt_seconds = Histogram("hjerteloeber_attempt_seconds", "How long a provider took to answer", ["channel"])
incidents_total = Counter("hjerteloeber_incidents_total", "Incidents opened", ["kind", "asking"])
choosing_failed_total = Counter(
    "hjerteloeber_choosing_failed_total", "Incidents that were saved although choosing failed: page somebody", ["kind"]
)
unreadable_total = Counter(
    "hjerteloeber_unreadable_total", "Times a sealed value did not open: its key is not in the data key file", ["what"]
)
positions_total = Counter("hjerteloeber_positions_total", "Reported positions", ["outcome"])
shed_total = Counter("hjerteloeber_shed_total", "Calls turned away so that alarms do not wait", ["limit"])
shed_steps = Gauge("hjerteloeber_shed_steps", "How many classes of calls are turned away at present")
loop_lag_seconds = Gauge("hjerteloeber_loop_lag_seconds", "How late this process wakes whom it promised to, a median")
clock_difference_seconds = Gauge("hjerteloeber_clock_difference_seconds", "Host clock minus database clock")
seal_lag_seconds = Gauge(
    "hjerteloeber_journal_seal_lag_seconds", "Age of the oldest journal entry not yet in the chain"
)
codes_held_back_total = Counter(
    "hjerteloeber_sign_up_codes_held_back_total",
    "Codes by text message that were not sent: a network owes too much, all do, or the money is spent",
    ["cap"],
)
views_not_written_total = Counter(
    "hjerteloeber_views_not_written_total",
    "Addresses shown to somebody on the way although it could not be written down that they were",
)
feed_silent_seconds = Gauge(
    "hjerteloeber_feed_silent_seconds",
    "Since when a dispatch system has sent no heartbeat; 0 while it is heard",
    ["centre", "kind"],
)
proofs_not_remembered_total = Counter(
    "hjerteloeber_proofs_not_remembered_total",
    "Proofs that could not be written down in time; of limit `never` they were believed all the same",
    ["limit"],
)
loop_failures_total = Counter("hjerteloeber_loop_failures_total", "Rounds of a worker loop that failed", ["loop"])
sealed_log_ins_total = Counter(
    "hjerteloeber_sealed_log_ins_total",
    "Sealed log-ins at seats that were tried, by what came of it: any that let somebody in is to be looked at",
    ["outcome"],
)
housekeeping_removed_total = Counter(
    "hjerteloeber_housekeeping_removed_total", "Rows removed because their time was over", ["what"]
)
housekeeping_due = Gauge(
    "hjerteloeber_housekeeping_due", "Rows whose time was over when they were last looked for", ["what"]
)
retention_stuck = Gauge(
    "hjerteloeber_retention_stuck", "1 when rows were due and none was removed; the next round says it anew", ["what"]
)

synthetic_registry = CollectorRegistry()
"""Of the synthetic alarm's own process: in any other these would stand at nought and look like trouble."""
synthetic_last_ok_timestamp = Gauge(
    "hjerteloeber_synthetic_last_ok_timestamp",
    "When a synthetic alarm last came through, seconds since 1970",
    registry=synthetic_registry,
)
synthetic_seconds = Gauge(
    "hjerteloeber_synthetic_seconds",
    "How long the last good synthetic alarm took, by leg, and whole",
    ["leg"],
    registry=synthetic_registry,
)
synthetic_failed_total = Counter(
    "hjerteloeber_synthetic_failed_total",
    "Synthetic alarms that did not come through, by the step that failed",
    ["step"],
    registry=synthetic_registry,
)
dead_man_failed_total = Counter(
    "hjerteloeber_dead_man_failed_total", "Signs of life the outside watcher did not take", registry=synthetic_registry
)


def without_personal_values(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last processor before a line is written: personal keys are dropped, phones and coordinates blotted out."""
    for key in list(line):
        if key in PERSONAL_KEYS:
            line[key] = "(withheld)"
        elif key != "timestamp" and isinstance(line[key], str):  # its fraction of a second looks like a coordinate
            line[key] = _COORDINATE.sub("(withheld)", _PHONE.sub("(withheld)", line[key]))
    return line


def exception_by_its_places(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception's own text, the database's above all, repeats values: its kind and where it came from are told."""
    told = line.pop("exc_info", None)
    error = sys.exc_info()[1] if told is True else told[1] if isinstance(told, tuple) else told
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        line["error"] = f"{type(error).__module__}.{type(error).__qualname__}"
        line["places"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames][-12:]
    return line


def start_logging(log_format: str, process: str) -> None:
    """Send structured lines to standard error; `log_format` is json or text. The standard library's logs follow."""
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, exception_by_its_places, without_personal_values, renderer],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                exception_by_its_places,
                without_personal_values,
                renderer,
            ],
            foreign_pre_chain=shared,
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    structlog.contextvars.bind_contextvars(process=process)
