"""What an attempt's outcome makes of a delivery."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.delivery.channels import fcm_errors
from backend.delivery.channels.http import Answer, retry_after_s
from backend.delivery.message import LEGAL_MOVES, DeliveryState
from backend.delivery.outcome import (
    LATE,
    Accepted,
    Ambiguous,
    NotSent,
    Outcome,
    Rejected,
    Verdict,
    backoff_s,
    code,
    settle,
    word,
)
from tests.delivery.cast import NOW

codes = st.sampled_from(["UNAVAILABLE", LATE, "lease_over", "HTTP_404"])
patience = st.none() | st.floats(0, 600)
outcomes: st.SearchStrategy[Outcome] = st.one_of(
    st.builds(Accepted, st.none() | st.text(max_size=5)),
    st.builds(Rejected, codes, st.sampled_from(list(Verdict)), patience),
    st.builds(Ambiguous, codes, patience),
    st.builds(NotSent, codes),
)


@given(outcomes, st.integers(1, 50), st.floats(-5, 300), st.booleans())
def test_nothing_is_tried_again_after_its_end_after_a_stop_or_before_the_provider_allows(
    outcome: Outcome, attempts: int, left_s: float, stopped: bool
) -> None:
    expires_at = NOW + timedelta(seconds=left_s)

    became = settle(outcome, attempts=attempts, expires_at=expires_at, stopped=stopped, now=NOW)

    assert became.state in LEGAL_MOVES[DeliveryState.LEASED]
    assert (became.state is DeliveryState.QUEUED) == (became.next_at is not None)
    if became.next_at is not None:
        assert not stopped
        assert NOW <= became.next_at < expires_at
        asked = getattr(outcome, "retry_after_s", None)
        assert became.next_at >= NOW + timedelta(seconds=asked or 0)
    assert became.ambiguous == isinstance(outcome, Ambiguous)


@given(outcomes)
def test_only_what_a_provider_took_holds_the_second_channel_back(outcome: Outcome) -> None:
    became = settle(outcome, attempts=1, expires_at=NOW + timedelta(hours=2), stopped=False, now=NOW)

    ours = isinstance(outcome, NotSent) and code(outcome) == LATE
    assert became.second_channel_now == (word(outcome) != "accepted" and not ours)


def test_waiting_grows_to_a_limit() -> None:
    assert [backoff_s(n) for n in range(1, 8)] == [0.25, 0.5, 1, 2, 4, 8, 8]


@given(st.integers(100, 599), st.binary(max_size=200))
def test_an_answer_without_googles_word_condemns_no_address(status: int, body: bytes) -> None:
    outcome = fcm_errors.outcome_of(Answer(status, None, body), NOW)

    if isinstance(outcome, Rejected):
        assert outcome.verdict is Verdict.KEEP
    assert not isinstance(outcome, Accepted), "nor is a proxy's page an acceptance"


def test_retry_after_may_be_a_date() -> None:
    answer = Answer(503, "Sat, 21 Nov 2026 12:00:07 GMT", b"")

    assert retry_after_s(answer, datetime(2026, 11, 21, 12, 0, tzinfo=UTC)) == 7
    assert retry_after_s(Answer(503, "soon", b""), NOW) is None


@pytest.mark.parametrize(
    ("said", "meant"), [("7", 7.0), ("0", 0.0), ("Sat, 21 Nov 2026 12:00:07 GMT", 7.0), ("soon", 60.0), (None, 60.0)]
)
def test_a_quota_is_waited_for_as_long_as_google_says_and_a_minute_where_it_does_not(
    said: str | None, meant: float
) -> None:
    fcm_error = b'{"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": "QUOTA_EXCEEDED"}'
    body = b'{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "details": [' + fcm_error + b"]}}"

    outcome = fcm_errors.outcome_of(Answer(429, said, body), NOW)

    assert outcome == Rejected("QUOTA_EXCEEDED", Verdict.KEEP, meant)
