"""What a filer sees and does after sending."""
