"""The web chat: a page, its socket, and a script that any site can embed."""
