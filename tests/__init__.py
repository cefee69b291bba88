"""What the platform promises, said as sentences about the world."""
