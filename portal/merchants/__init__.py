"""Merchants, markets and stalls, pledges, and the credit status that follows from public records."""
