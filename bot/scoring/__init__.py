"""Arithmetic on counts: what answers add up to, and how sure that is."""
