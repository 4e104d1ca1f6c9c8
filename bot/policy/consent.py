"""Consent: only a recorded *no* or a withdrawal holds a message back."""

from bot.model.changes import Standing


def declined(topic: str, standing: Standing) -> bool:
    """Say whether the contact's last word on this topic was no."""
    return standing.consents.get(topic) is False
