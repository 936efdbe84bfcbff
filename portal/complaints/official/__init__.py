"""The ten official forms, filled in from a case."""
