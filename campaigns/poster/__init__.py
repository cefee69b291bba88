"""What hangs on a wall: a poster with a code's short link, and the QR code alone.

Owns: nothing; fonts/ is its own.
Promises: only words that were approved are printed; the same code gives the same file; a letter that cannot be printed
is told, and never a box on paper.
Never: an authority's logo.
"""
