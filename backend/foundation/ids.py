"""Ids are made here, never by a database default.

uuid7 where the moment of creation is no secret and order helps (incidents, alerts, messages);
uuid4 for people, since a uuid7 tells when somebody signed up.
"""

from typing import NewType
from uuid import UUID, uuid4

import uuid_utils.compat

CentreId = NewType("CentreId", UUID)
ClientKeyId = NewType("ClientKeyId", UUID)
VolunteerId = NewType("VolunteerId", UUID)
DeviceId = NewType("DeviceId", UUID)
AddressId = NewType("AddressId", UUID)
MessageId = NewType("MessageId", UUID)
DeliveryId = NewType("DeliveryId", UUID)
AttemptId = NewType("AttemptId", UUID)
AedId = NewType("AedId", UUID)
IncidentId = NewType("IncidentId", UUID)
AlertId = NewType("AlertId", UUID)


def in_order() -> UUID:
    """A uuid7: sorts by the moment it was made."""
    return uuid_utils.compat.uuid7()


def without_time() -> UUID:
    """A uuid4: says nothing about when it was made."""
    return uuid4()
