"""The pure core keeps its promises through any sequence of events."""

import msgspec
from hypothesis import settings

from tests.chaos import laws
from tests.chaos.drawing import draw
from tests.chaos.machine import Alarms
from tests.chaos.model_level import new_model
from tests.chaos.player import Player, at_once
from tests.chaos.steps import History
from tests.chaos.town import POLICIES, Town, served_policies

Alarms.TestCase.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
TestAlarms = Alarms.TestCase


def test_a_hundred_histories_keep_every_promise() -> None:
    for seed in range(400_000, 400_100):
        draw(seed, 40)


def test_a_history_is_drawn_the_same_every_time() -> None:
    assert draw(7, 30) == draw(7, 30)


def test_a_history_is_plain_data() -> None:
    history = draw(7, 30)

    assert history == msgspec.json.decode(history.text(), type=History)


def test_every_served_policy_is_played() -> None:
    assert {policy.name for policy in served_policies()} == set(POLICIES)
    assert len(POLICIES) > 6


def test_the_laws_see_somebody_engaged_twice_and_an_incident_nobody_looks_at() -> None:
    history = draw(11, 30)
    model = new_model(Town(11, history.people, history.boxes))
    player = Player(model, model.clock, model.post.providers)
    for step in history.steps:
        at_once(player.do(step))
    open_ones = [case for case in model.cases if case.is_open]
    model.timers.rows.clear()
    model.engaged[model.town.people[0].id] = (model.cases[0].incident.id, "nonsense")

    found = list(laws.broken(model))

    assert any(sentence.startswith("4:") for sentence in found)
    assert len(open_ones) == sum("nobody will look at it again" in sentence for sentence in found)
