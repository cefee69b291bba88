"""What stands before an application of campaigns, as before every other: limits of bodies, the name, the headers."""

from backend.edge.bodies import Bodies
from backend.edge.headers import Headers
from backend.edge.hosts import Hosts, names_of
from backend.edge.sizes import Size

__all__ = ["Bodies", "Headers", "Hosts", "Size", "names_of"]
