"""The rule book: no web, no database, no clock."""
