"""The ground: the embedded server, the locked dependencies, the container files."""
