"""The words for the rule book's enums, one file a rule module."""
