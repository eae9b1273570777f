"""The history of the tables, as alembic reads it. A step in ``versions`` never changes."""
