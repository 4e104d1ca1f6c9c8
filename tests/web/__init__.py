"""The server's door, its headers and its health."""
