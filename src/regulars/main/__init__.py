"""The room main."""
