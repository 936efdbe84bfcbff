"""What a filer is written about a move."""
