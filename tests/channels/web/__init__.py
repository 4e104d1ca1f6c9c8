"""The web chat, by the server that really serves it."""
