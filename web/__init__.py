"""The server: it mounts the routes it is handed, and guards the door."""
