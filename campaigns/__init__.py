"""Recruiting volunteers through organisations: own process, own tables, enters the backend through `backend.public` only."""
