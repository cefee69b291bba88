"""What a dispatch system's client has to do, read from what it did in a trial. Pure: a trial's record in, results out.

A check gives None when it held, why not when it did not, or raises NotSeen when nothing came by to judge it from.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

from backend.conform.trial import OUTAGE_S, Course, Trial, Trouble
from backend.conform.verdict import Outcome, Result

MOST_TRIES_A_SECOND = 2.0
HEARTBEAT_S = 90.0
A_LITTLE_S = 0.1
"""Clocks and schedulers: nobody is judged by it."""


class NotSeen(Exception):
    """The message says what did not come by."""


def logs_in(trial: Trial) -> str | None:
    """It logs in, and no more often than it has to"""
    if not trial.log_ins:
        raise NotSeen("nobody logged in")
    calls = sum(len(course.tries) for course in trial.courses.values()) + len(trial.beats)
    most = 3 + len(trial.courses) // 2
    return f"{len(trial.log_ins)} log-ins for {calls} calls" if len(trial.log_ins) > most else None


def carries_a_key(trial: Trial) -> str | None:
    """Every report carries an Idempotency-Key of 8 to 100 characters"""
    tries = [each for course in _courses(trial) for each in course.tries]
    without = sum(each.key is None or not 8 <= len(each.key) <= 100 for each in tries)
    return f"{without} of {len(tries)} came without one" if without else None


def a_key_for_each_report(trial: Trial) -> str | None:
    """A new report has a new key"""
    first = [course.tries[0].key for course in _courses(trial)]
    if len(first) < 2:
        raise NotSeen("fewer than two reports")
    return "one key came with two reports" if len(set(first)) < len(first) else None


def repeats_after_a_lost_answer(trial: Trial) -> str | None:
    """After a lost answer it sends the same body with the same key"""
    return _repeated(_met(trial, Trouble.LOST_ANSWER))


def repeats_after_a_cut(trial: Trial) -> str | None:
    """After a connection that broke off it sends the same body with the same key"""
    return _repeated(_met(trial, Trouble.CUT))


def repeats_after_a_fault(trial: Trial) -> str | None:
    """After a 500 it sends the same body with the same key"""
    return _repeated(_met(trial, Trouble.FAULT))


def waits_as_long_as_asked(trial: Trial) -> str | None:
    """After a 503 with Retry-After it sends the same again, and not sooner than asked"""
    course = _met(trial, Trouble.BUSY)
    wrong = _repeated(course)
    waited = course.tries[1].at - course.tries[0].at if len(course.tries) > 1 else 0.0
    if wrong is None and waited < trial.retry_after_s - A_LITTLE_S:
        return f"it waited {waited:.2f} s and was asked for {trial.retry_after_s}"
    return wrong


def keeps_the_key_of_a_slow_answer(trial: Trial) -> str | None:
    """An answer that takes 10 s brings no second report: it waits, or sends the same with the same key"""
    course = _met(trial, Trouble.SLOW)
    return _differing(course) or (None if course.answered else "it did not wait for the answer nor send it again")


def goes_on_for_a_minute(trial: Trial) -> str | None:
    """While there is only a 503 it goes on for 60 s and more, with the same body and key"""
    course = _met(trial, Trouble.OUTAGE)
    tried_for = (course.tries[-1].at - course.begun_at) * trial.speed
    if not course.answered:
        return f"it gave up after {tried_for:.0f} s"
    return _differing(course)


def pauses_between_tries(trial: Trial) -> str | None:
    """Meanwhile it does not hammer: at most two tries a second"""
    course = _met(trial, Trouble.OUTAGE)
    return _too_many(len(course.tries), OUTAGE_S)


def renews_its_token(trial: Trial) -> str | None:
    """After a 401 it logs in anew and sends the same again"""
    course = _met(trial, Trouble.EXPIRED)
    if len(course.tries) > 1 and course.tries[1].token == course.tries[0].token:
        return "it came again with the same token"
    later = [at for at in trial.log_ins if at >= course.begun_at]
    return _repeated(course) or (None if later else "it did not log in again")


def takes_a_422_for_an_answer(trial: Trial) -> str | None:
    """A 422 is an answer: the same is not sent again"""
    return _sent_once(_met(trial, Trouble.IMPOSSIBLE))


def takes_a_409_for_an_answer(trial: Trial) -> str | None:
    """A 409 `case-ended` is an answer: what is sent after it says `again: true`, with a new key"""
    course = _met(trial, Trouble.ENDED)
    later = course.tries[1:]
    if any(not each.again for each in later):
        return "the same was sent again"
    return "`again: true` came with the old key" if any(e.key == course.tries[0].key for e in later) else None


def survives_words_of_tomorrow(trial: Trial) -> str | None:
    """Members and values it does not know do not stop it: it goes on with that incident"""
    course = _met(trial, Trouble.UNKNOWN_WORDS)
    if len(course.tries) > 1:
        return "it sent the report again"
    return None if course.incident in trial.endings else "it never came back to that incident"


def ends_what_it_opened(trial: Trial) -> str | None:
    """Every incident it opened it stands down or closes; where that answer is lost, it does so again"""
    if not trial.endings:
        raise NotSeen("nothing was stood down or closed")
    lost = next(iter(trial.endings.values()))
    if lost.tries < 2:
        return "the answer to the first one was lost, and it did not ask again"
    left = sum(course.incident is not None and course.incident not in trial.endings for course in _courses(trial))
    return f"{left} were left open" if left else None


def sends_heartbeats(trial: Trial) -> str | None:
    """Heartbeats come from the log-in to the end, at most 90 s apart, each with its clock's time"""
    if not trial.beats:
        return "none came"
    if not all(readable for _, readable in trial.beats):
        return "one had no time in sent_at"
    moments = [trial.log_ins[0], *(at for at, _ in trial.beats), max(trial.last_at, trial.beats[-1][0])]
    longest = max(later - earlier for earlier, later in pairwise(moments)) - A_LITTLE_S
    return f"{longest * trial.speed:.0f} s without one" if longest * trial.speed > HEARTBEAT_S else None


def goes_on_where_a_stream_broke(trial: Trial) -> str | None:
    """A stream that breaks off it opens again with Last-Event-ID; or it reads incidents by poll"""
    streaming = trial.streaming
    if streaming.broken_after is None:
        if trial.reads:
            return None
        raise NotSeen("no stream was opened and no incident read")
    later = streaming.opened[1:]
    if not later:
        return "it did not come again"
    return None if max(later) >= streaming.broken_after else f"it came again with Last-Event-ID {max(later)}"


CHECKS: tuple[Callable[[Trial], str | None], ...] = (
    logs_in,
    carries_a_key,
    a_key_for_each_report,
    repeats_after_a_lost_answer,
    repeats_after_a_cut,
    repeats_after_a_fault,
    waits_as_long_as_asked,
    keeps_the_key_of_a_slow_answer,
    goes_on_for_a_minute,
    pauses_between_tries,
    renews_its_token,
    takes_a_422_for_an_answer,
    takes_a_409_for_an_answer,
    survives_words_of_tomorrow,
    ends_what_it_opened,
    sends_heartbeats,
    goes_on_where_a_stream_broke,
)


def judge(trial: Trial) -> list[Result]:
    """Every check on a trial's record."""
    results = []
    for number, check in enumerate(CHECKS, start=1):
        sentence = str(check.__doc__).splitlines()[0].strip()
        try:
            why = check(trial)
        except NotSeen as missing:
            results.append(Result(number, sentence, Outcome.NOT_SEEN, str(missing)))
        else:
            results.append(Result(number, sentence, Outcome.FAILED if why else Outcome.PASSED, why or ""))
    return results


def _courses(trial: Trial) -> Sequence[Course]:
    if not trial.courses:
        raise NotSeen("no report came")
    return list(trial.courses.values())


def _met(trial: Trial, trouble: Trouble) -> Course:
    found = next((course for course in trial.courses.values() if course.trouble is trouble), None)
    if found is None or not found.tries:
        raise NotSeen(f"no report came that far: {trouble.value}")
    return found


def _repeated(course: Course) -> str | None:
    """Sent again until it was answered, the same each time."""
    if len(course.tries) < 2:
        return "it was not sent again"
    return _differing(course) or (None if course.answered else "it was given up")


def _differing(course: Course) -> str | None:
    """What was sent before the answer has to be one report."""
    if len({each.key for each in course.tries}) > 1:
        return "it was sent again with another key"
    if len({each.digest for each in course.tries}) > 1:
        return "it was sent again with another body"
    return None


def _sent_once(course: Course) -> str | None:
    first = course.tries[0]
    same = [each for each in course.tries[1:] if each.digest == first.digest or each.key == first.key]
    return f"it was sent {1 + len(same)} times" if same else None


def _too_many(tries: int, within_s: float) -> str | None:
    most = MOST_TRIES_A_SECOND * within_s
    return f"{tries} tries in {within_s:.0f} s" if tries > most else None
