"""The OpenAPI 3.1 files, one per audience, written from the routes themselves.

Litestar's own generator loses limits of zero and refused extra fields and words its errors its own way, so the document
is put together here: schemas are msgspec's, which is also what validates; the rest is read off each route.
"""
