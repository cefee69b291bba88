"""Who may call what: the matrix role × route × ownership, read off the code's guards, and performed."""
