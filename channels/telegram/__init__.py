"""Telegram: what its messages can show."""
