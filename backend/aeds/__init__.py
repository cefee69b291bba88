"""Defibrillators: where they are, when they can be reached, who has one.

Owns: the list of defibrillators by source, their condition, who has which one reserved.
Promises: hours nobody understands are unknown, never open; one defibrillator goes to one volunteer; one that was
picked up is not offered again until it was reported back or confirmed; importing a file twice changes nothing.
Never: decides who fetches one; mixes sources or loses their licence; shows a made-up one without saying so.
"""
