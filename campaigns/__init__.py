"""Recruiting hjerteløbere through organisations. Not built yet.

A process and tables of its own; it enters the backend through `backend.public` only.
"""
