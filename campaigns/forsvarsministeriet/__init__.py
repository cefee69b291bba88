"""Forsvarsministeriets koncern: Forsvaret, Hjemmeværnet and the agencies, as a campaign module. Files only."""
