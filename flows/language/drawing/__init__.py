"""A flow as a picture: Mermaid, or SVG without a browser; pure, the same each time."""
