"""Named statements, a file a family of tables."""
