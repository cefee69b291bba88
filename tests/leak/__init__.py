"""Nobody learns what is another's: millions of calls as everybody, with canaries planted in everybody's things."""
