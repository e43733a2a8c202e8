"""The desk: conversations over all channels."""
