"""Slack: what its messages can show."""
