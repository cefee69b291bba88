"""Where people live: regions and municipalities of a day, and how many live there.

Owns: `campaigns.inhabitants`; inhabitants.csv, the regions' inhabitants that come with the project.
Promises: an area is one of the day asked for; a number of inhabitants comes with its year, and is missing rather than
guessed.
Never: knows where anybody is.
"""
