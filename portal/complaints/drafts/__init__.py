"""The stepped form: a draft, its steps, and the filing it makes."""
