"""The merchant's own side: complaints to answer, money to pay, the pledge, the credit file."""
