"""Servers and services of ours that stand in for those of others."""
