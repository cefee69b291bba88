"""The phones' owners behave as the field's figures say, and the same seed gives the same people."""

import random
import statistics

from backend.demo.phones.chances import ACCEPT_MEAN, alarm_mood, answer_delay, receipt_delay, temper, walking_speed
from backend.demo.phones.mailbox import Mailbox, link_in
from backend.demo.phones.walk import Point, metres_between, part_of_way, seconds_between

MANY = 20_000


def phones(count: int) -> list[str]:
    return [f"+4567{number:06d}" for number in range(count)]


def test_answers_take_as_long_as_seen() -> None:
    """Median 40 s, p10 23, p90 74."""
    draw = random.Random(1)
    delays = sorted(answer_delay(draw) for _ in range(MANY))
    assert abs(delays[MANY // 2] - 40) < 1.5
    assert abs(delays[MANY // 10] - 23) < 1.5
    assert abs(delays[9 * MANY // 10] - 74) < 4


def test_as_many_accept_as_seen_and_alarms_differ() -> None:
    """35.3 % of those asked; at least two of twenty in 98 % of alarms, where independent people would give 99.8 %."""
    moods = [alarm_mood(1, alarm_no) for alarm_no in range(MANY)]
    assert abs(statistics.fmean(moods) - ACCEPT_MEAN) < 0.01
    draw = random.Random(2)
    acceptors = [sum(draw.random() < mood for _ in range(20)) for mood in moods]
    assert abs(sum(count >= 2 for count in acceptors) / MANY - 0.98) < 0.005


def test_people_walk_at_the_known_speeds() -> None:
    draw = random.Random(3)
    speeds = [walking_speed(draw) for _ in range(MANY)]
    assert abs(statistics.fmean(speeds) - 2.3) < 0.02
    assert min(speeds) >= 1.4
    assert max(speeds) <= 4.0


def test_the_same_seed_gives_the_same_behaviour() -> None:
    assert [temper(1, phone, 0) for phone in phones(50)] == [temper(1, phone, 0) for phone in phones(50)]
    assert [temper(1, phone, 0) for phone in phones(50)] != [temper(2, phone, 0) for phone in phones(50)]


def test_receipts_are_a_machines_doing_and_quick() -> None:
    assert all(0.2 <= receipt_delay(1, phone) <= 1.5 for phone in phones(500))


def test_a_road_is_longer_than_a_straight_line() -> None:
    here, there = Point(55.40, 10.39), Point(55.41, 10.39)
    assert abs(metres_between(here, there) - 1112) < 1
    assert abs(seconds_between(here, there, 2.3) - 1112 * 1.24 / 2.3) < 1
    assert part_of_way(here, there, 0.5) == Point(55.405, 10.39)


async def test_a_code_is_taken_from_its_text_and_a_link_is_not_a_code() -> None:
    mailbox = Mailbox()
    coming = mailbox.expect_code("+4567000001")
    alarm = "Formodet hjertestop ca. 500 m fra dig. Svar: http://127.0.0.1:8000/a/123456abc"
    assert not mailbox.take_code("+4567000001", alarm)
    assert link_in(alarm) == "http://127.0.0.1:8000/a/123456abc"
    assert mailbox.take_code("+4567000001", "251459 er din kode til Hjerteløber.")
    assert await coming == "251459"
