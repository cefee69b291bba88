"""What is in what we ship, and whether anything is known against it."""
