"""Photos and papers: sealed originals, clean copies, who looked."""
