"""One's own alerts: what rings, the answer, the mission, how it goes."""

from backend.api.mobile.alerts import answering, following, mission

routes = (
    following.read_alerts,
    following.follow_alerts,
    following.read_alert,
    answering.send_receipt,
    answering.accept,
    answering.decline,
    mission.tell_status,
    mission.say_word,
    answering.give_up,
    mission.report_aed_problem,
    mission.tell_aed_returned,
)
