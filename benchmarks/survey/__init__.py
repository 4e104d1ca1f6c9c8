"""One survey, asked by several bots: run `make bench-peers`."""
