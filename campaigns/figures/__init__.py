"""What was told, put together for people: headlines, the funnel, weeks, units, channels, areas, and tables of them.

Owns: `campaigns.visits_of_week`.
Promises: every number shown is one that was told, or a sum or difference of such; whoever asks for what is not theirs
is refused before anything is read, in one place (`view.View`); where there is no number it says why.
Never: shows a number below k of people, or a zero; reads anything but numbers.
"""
