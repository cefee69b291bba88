"""The edge that phones and dispatch centres speak to: JSON in, JSON out, problems for every refusal.

Owns: what the wire looks like, who may call what (`guards`), how much of it (`limits`), the live hub.
Promises: every route has exactly one guard with one limit; every answer a route can give is in its OpenAPI file;
a limit never refuses a dispatch centre's report.
Never: SQL, decisions, personal values in a refusal or a URL.

A route reads like this, and each file ends with the tuple that `backend.app.routes` collects::

    @post("/mobile/v1/alerts/{alert_id:uuid}/accept", guards=[volunteer(Limit.ANSWERS)], status_code=200,
          opt=answers({409: "The role is taken elsewhere, or no place is left", 410: "The alert has ended"}))
    async def accept_alert(alert_id: FromPath[UUID], data: JSONBody[Accept], caller: NamedDependency[Caller],
                           database: NamedDependency[Database], clock: NamedDependency[Clock]) -> Alert:
        '''Accept an alert

        The first paragraph is the summary, the rest the description.
        '''

    routes = (accept_alert,)

Dependencies by name: database, clock, settings, keys, caller, borders, hub.
"""
