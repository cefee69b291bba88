"""What tests run on: a real PostgreSQL, a database for each test. Says nothing about the field; that is the cast's."""
