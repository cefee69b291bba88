"""Why somebody breaks the glass: chosen from a list, since whatever is typed could name a patient in the journal."""

from enum import StrEnum


class Reason(StrEnum):
    """What an incident's address is needed for."""

    DISPATCH_SYSTEM_DOWN = "dispatch_system_down"
    HJERTELOEBER_CALLS = "hjerteloeber_calls"  # cannot find the way or the door
    AMBULANCE_ASKS = "ambulance_asks"
    WRONG_ADDRESS_FEARED = "wrong_address_feared"
    COMPLAINT = "complaint"  # within the 15 minutes that it is kept
