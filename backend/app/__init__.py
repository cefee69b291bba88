"""The web application, put together: routes, dependencies, problems, limits, the live hub.

Owns: which routes there are (`routes`), what they are given (`factory`), ending (`leaving`), the OpenAPI files.
Promises: nothing at import; one process is one `factory.create_app`; asked to end it ends its streams itself.
Never: decides anything about an alarm.
"""
