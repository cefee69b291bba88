"""Which routes there are, by audience: each audience has its own OpenAPI file. Pages and health are in neither."""

from collections.abc import Sequence
from typing import Any

from backend.api import dispatch_live, health, oauth

Routes = Sequence[Any]

DISPATCH: Routes = (*oauth.routes, *dispatch_live.routes)
MOBILE: Routes = ()
UNDESCRIBED: Routes = (*health.routes,)
