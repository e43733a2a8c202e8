"""Every SQL statement of the room, by subject."""
