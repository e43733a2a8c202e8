"""Every SQL statement of the desk, by what it serves."""
