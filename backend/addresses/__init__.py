"""Where an address, a street, a town or a pair of numbers is: offline, for whoever types a place by hand.

Owns: the addresses of the edition in use (one import, whole), their streets, and the keys streets are found by.
Promises: one box understands addresses, places and coordinates and says what it understood; æ, ø, å, case, dots, spaces
and the usual abbreviations find the same; an import is taken into use whole or not at all.
Never: stands on the way of an alarm (no room that alarms pass through may import it: a report brings its position),
asks anybody over a network, corrects what was typed without saying so.
"""
