"""What the live board and the wall can say: `words_board_da` and `words_board_en` have this form.

A part of it goes to the scripts as JSON (`backend.console.live_page`): so that each word stands in one place.
"""

import msgspec

from backend.aeds.aed import Condition, Open
from backend.console.board import Need, Stage


class BoardWords(msgspec.Struct, frozen=True, kw_only=True):
    """One language. `{}` is where a number, a name or a time goes."""

    board: str
    wall: str
    operations: str
    afterwards: str
    new_alarm: str
    new_exercise: str
    called: str
    overview: str
    live: str
    exercise: str
    exercise_long: str
    to_exercises: str
    to_live: str
    incidents: str
    no_incidents: str
    open_incidents: str
    newest_first: str
    map: str
    chosen: str
    has_ended: str
    choose_one: str
    open_it: str
    case: str
    unknown_place: str
    asked: str
    accepted: str
    en_route: str
    on_scene: str
    needs_you: str
    people: str
    nobody: str
    defibrillators: str
    no_defibrillators: str
    who: str
    stage: str
    distance: str
    seen: str
    expected: str
    within_m: str
    ago: str
    position_unknown: str
    area_of: str
    reach_of: str
    reach: str
    accuracy_of: str
    accuracy: str
    accuracy_unknown: str
    coordinates: str
    is_open: str
    place: str
    reserved_by: str
    reserved_elsewhere: str
    free: str
    legend: str
    fetched: str
    legend_areas: str
    legend_searched: str
    legend_ladder: str
    patient: str
    exact_place_hidden: str
    no_streets: str
    no_streets_there: str
    map_from: str
    no_map: str
    connected: str
    connecting: str
    stale: str
    stale_since: str
    unread_since: str
    not_signed_in: str
    sign_in: str
    refused: str
    clock: str
    dark: str
    light: str
    help: str
    close: str
    keys: dict[str, str]
    keys_off: str
    keys_on: str
    keys_heading: str
    show_all: str
    wall_alive: str
    wall_still: str
    without_script: str
    fetched_anew: str
    reload: str
    made_up: str
    not_told: str
    stages: dict[Stage, str]
    needs: dict[Need, str]
    opens: dict[Open, str]
    conditions: dict[Condition, str]
    roles: dict[str, str]
    states: dict[str, str]
