"""The room choices."""
