"""A simulated Denmark: own PostgreSQL, local FCM and SMS servers, volunteers with virtual phones.

Owns everything a newcomer needs to see the platform work on one machine without any account anywhere.
Promises that no process outlives the command that started it, and that the demo's data are there at the next start.
Never used in production; nothing outside this room imports it.
"""
