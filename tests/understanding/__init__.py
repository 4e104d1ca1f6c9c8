"""Typed words in, typed answers out."""
