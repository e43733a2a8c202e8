"""The person's own page: what they chose, what we guess, why they saw it, their data."""
