"""What a dispatch centre's system can do: report, follow, revise, stop, say that it lives.

Unknown fields are refused here: a misspelt one would be lost in silence.
"""

from backend.api.dispatch_centre import act, attention, centre, preview, read, report, wishes

routes = (*report.routes, *read.routes, *act.routes, *wishes.routes, *attention.routes, *centre.routes, *preview.routes)
