"""What needs a person, who took it up, and who helps when nobody does."""
