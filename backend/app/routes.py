"""Which routes there are, by audience: each audience has its own OpenAPI file. Pages and health are in neither."""

from collections.abc import Sequence
from typing import Any

from backend.api import dispatch_centre, dispatch_live, health, oauth, sms_answer
from backend.api.mobile import alerts, devices, leaving, positions, profile, readiness, sign_in, sign_up, test_alarm

Routes = Sequence[Any]

DISPATCH: Routes = (*oauth.routes, *dispatch_centre.routes, *dispatch_live.routes)
MOBILE: Routes = (
    *sign_in.routes,
    *sign_up.routes,
    *profile.routes,
    *leaving.routes,
    *devices.routes,
    *readiness.routes,
    *positions.routes,
    *alerts.routes,
    *test_alarm.routes,
)
UNDESCRIBED: Routes = (*health.routes, *sms_answer.routes)
