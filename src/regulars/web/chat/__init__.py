"""Live chat over the wire: the visitors' socket, what is shared by all sockets of a process, files."""
