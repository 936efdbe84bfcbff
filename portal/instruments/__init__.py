"""Measuring instruments and their verification, a page per scale, and the re-weigh helper."""
