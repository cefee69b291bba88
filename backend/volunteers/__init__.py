"""Who signed up: the person, consents, devices and addresses, when they want to be rung, what engages them now.

Owns: volunteer, identity (phone, name, birth year: alone in one row), consent, device, address, engagement.
Promises: one phone, one account; nobody under 18; nobody is engaged by two incidents at once; whoever withdrew is asked
by nobody; erasing takes the person, devices and addresses and keeps a nameless row for the figures; a retired address
keeps no value.
Never: belongs to a region, knows a position, sends anything.
"""
