"""Claims for compensation and the ledger that keeps count of them."""
