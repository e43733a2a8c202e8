"""Channels: they only carry. They know no person and no conversation."""
