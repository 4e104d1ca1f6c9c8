"""One file a step: `visit` does what it says; it tells the next step, or waits."""
