"""What is kept sealed, and what becomes of it without its key."""
