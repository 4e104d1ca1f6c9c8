"""Numbered steps of the schema; a step that was applied once never changes."""
